package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.proto.internal.v1.DeleteAction;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.UpdatePayloadAction;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.wire.VoronodeException.Overload;
import org.junit.jupiter.api.Test;

final class FreeSpaceTest {
    private static final long LARGE_DISK = 1L << 40;
    private static final RequestOperations UPSERT =
            request(WriteOperation.newBuilder().setKey("k").setUpsert(UpsertAction.getDefaultInstance()));
    private static final RequestOperations UPDATE_PAYLOAD =
            request(WriteOperation.newBuilder().setKey("k").setUpdatePayload(UpdatePayloadAction.getDefaultInstance()));
    private static final RequestOperations DELETE =
            request(WriteOperation.newBuilder().setKey("k").setDelete(DeleteAction.getDefaultInstance()));

    @Test
    void takesOnlyDeletesWhenTheDiskIsNearlyFull() {
        FreeSpace full = new FreeSpace("/data", LARGE_DISK, () -> 12L << 20);
        assertThatThrownBy(() -> full.require(UPSERT))
                .isInstanceOf(Overload.class)
                .hasMessage("12 MiB of the disk of /data are free; below 256 MiB only deletes are taken");
        assertThatThrownBy(() -> full.require(UPDATE_PAYLOAD)).isInstanceOf(Overload.class);
        assertThatCode(() -> full.require(DELETE)).doesNotThrowAnyException();
        assertThat(full.isLow()).isTrue();
        assertThat(full.shortage())
                .isEqualTo(
                        "12 MiB of the disk of /data are free; below 256 MiB upserts are refused and no index is built");
    }

    @Test
    void takesEverythingWhereThereIsRoom() {
        FreeSpace roomy = new FreeSpace("/data", LARGE_DISK, () -> FreeSpace.MAX_RESERVE_BYTES);
        assertThatCode(() -> roomy.require(UPSERT)).doesNotThrowAnyException();
        assertThat(roomy.isLow()).isFalse();
        assertThat(roomy.shortage()).isEmpty();
    }

    @Test
    void keepsATenthOfASmallDisk() {
        assertThat(new FreeSpace("/data", 300L << 20, () -> 0).reserveBytes()).isEqualTo(30L << 20);
        assertThat(new FreeSpace("/data", LARGE_DISK, () -> 0).reserveBytes()).isEqualTo(256L << 20);
    }

    private static RequestOperations request(WriteOperation.Builder operation) {
        return RequestOperations.newBuilder().addOperations(operation).build();
    }
}
