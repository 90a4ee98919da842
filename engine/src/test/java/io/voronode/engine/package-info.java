/** What the tests of several packages share, and the rules between the packages. */
@NullMarked
package io.voronode.engine;

import org.jspecify.annotations.NullMarked;
