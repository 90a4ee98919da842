/** Tests of the reading of WordNet, on the real files. */
@NullMarked
package io.voronode.cli.wordnet;

import org.jspecify.annotations.NullMarked;
