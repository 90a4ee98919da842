/** Tests of filters as users write them. */
@NullMarked
package io.voronode.cli.filter;

import org.jspecify.annotations.NullMarked;
