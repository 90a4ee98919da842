/** Tests of tables and figures. */
@NullMarked
package io.voronode.cli.table;

import org.jspecify.annotations.NullMarked;
