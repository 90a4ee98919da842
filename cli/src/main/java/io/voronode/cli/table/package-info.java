/** Tables for people: columns that fit the terminal, cut or wrapped. Pure. */
@NullMarked
package io.voronode.cli.table;

import org.jspecify.annotations.NullMarked;
