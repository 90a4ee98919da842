/** Tests of the demo's small parts. */
@NullMarked
package io.voronode.cli.demo;

import org.jspecify.annotations.NullMarked;
