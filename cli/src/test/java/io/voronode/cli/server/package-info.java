/** Tests of the HTTP port of servers. */
@NullMarked
package io.voronode.cli.server;

import org.jspecify.annotations.NullMarked;
