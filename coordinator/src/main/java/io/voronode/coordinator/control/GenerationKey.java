package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;

/**
 * A generation of any collection.
 *
 * @param uuid of the collection
 */
record GenerationKey(ByteString uuid, int generation) {}
