package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.proto.internal.v1.DeleteAction;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.wire.VoronodeException.Overload;
import org.junit.jupiter.api.Test;

final class FreeSpaceTest {
    private static final RequestOperations UPSERT =
            request(WriteOperation.newBuilder().setKey("k").setUpsert(UpsertAction.getDefaultInstance()));
    private static final RequestOperations DELETE =
            request(WriteOperation.newBuilder().setKey("k").setDelete(DeleteAction.getDefaultInstance()));

    @Test
    void takesOnlyDeletesWhenTheDiskIsNearlyFull() {
        FreeSpace full = new FreeSpace(() -> 12L << 20);
        assertThatThrownBy(() -> full.require(UPSERT))
                .isInstanceOf(Overload.class)
                .hasMessage("the node's disk has 12 MiB free; below 256 MiB only deletes are taken");
        assertThatCode(() -> full.require(DELETE)).doesNotThrowAnyException();
    }

    @Test
    void takesEverythingWhereThereIsRoom() {
        FreeSpace roomy = new FreeSpace(() -> FreeSpace.MIN_BYTES);
        assertThatCode(() -> roomy.require(UPSERT)).doesNotThrowAnyException();
    }

    private static RequestOperations request(WriteOperation.Builder operation) {
        return RequestOperations.newBuilder().addOperations(operation).build();
    }
}
