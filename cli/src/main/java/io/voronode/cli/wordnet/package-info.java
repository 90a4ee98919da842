/**
 * WordNet 3.1 as the demo's text: {@link io.voronode.cli.wordnet.WordNet} reads the Princeton data files from the class path
 * and gives one {@link io.voronode.cli.wordnet.Synset} per meaning. Knows nothing of Voronode.
 */
@NullMarked
package io.voronode.cli.wordnet;

import org.jspecify.annotations.NullMarked;
