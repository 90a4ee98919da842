package io.voronode.engine.codec;

/**
 * Category of Lucene's suite for layouts beside the default one. JUnit knows it as a tag of this name, by which {@code scripts/test.sh --fast} leaves
 * them out.
 */
public interface FurtherLayout {}
