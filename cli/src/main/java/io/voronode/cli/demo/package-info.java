/**
 * The tour: {@link io.voronode.cli.demo.DemoCommand} starts a dev server, loads WordNet's glosses as text, and searches them by
 * meaning. Uses the server as any client does.
 */
@NullMarked
package io.voronode.cli.demo;

import org.jspecify.annotations.NullMarked;
