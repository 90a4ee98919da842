/** Tests of the settings of servers. */
@NullMarked
package io.voronode.cli.server;

import org.jspecify.annotations.NullMarked;
