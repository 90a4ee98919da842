/** Tests of log lines. */
@NullMarked
package io.voronode.cli.logging;

import org.jspecify.annotations.NullMarked;
