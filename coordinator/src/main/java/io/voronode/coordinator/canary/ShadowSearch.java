package io.voronode.coordinator.canary;

import io.voronode.coordinator.gather.SearchAnswer;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import java.util.List;

/** A search that no user waits for; blocks, within the time of the gRPC context. */
@FunctionalInterface
public interface ShadowSearch {
    SearchAnswer search(CollectionImage collection, List<Query> queries, SearchParams params);
}
