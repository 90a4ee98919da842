package io.voronode.coordinator.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.route.PartitionHash;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteOperation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupTest {
    private static final ByteString ID =
            WriteIdentity.of(ByteString.EMPTY, List.of()).requestId();

    @Test
    void putsEveryWriteIntoOneGroupOfItsPartitionWithinTheLimits() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Draft> drafts = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            drafts.add(draft(i, i % 100 == 0 ? random.nextInt(900_000) : 10));
        }
        List<Group> groups = Group.of(drafts, ID, 3);
        Set<Integer> ordinals = new HashSet<>();
        for (Group group : groups) {
            assertThat(group.requestId()).isEqualTo(ID);
            assertThat(group.drafts()).as("seed %d", seed).isNotEmpty().hasSizeLessThanOrEqualTo(Group.MAX_OPERATIONS);
            assertThat(group.drafts().stream().mapToInt(Draft::bytes).sum())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(Group.MAX_BYTES);
            for (Draft draft : group.drafts()) {
                assertThat(PartitionHash.partition(draft.key(), 3)).isEqualTo(group.partition());
                assertThat(ordinals.add(draft.place())).as("seed %d", seed).isTrue();
            }
        }
        assertThat(ordinals).as("seed %d", seed).hasSize(6_000);
        assertThat(groups).hasSizeGreaterThan(3);
    }

    @Test
    void makesNoGroupOfNothing() {
        assertThat(Group.of(List.of(), ID, 3)).isEmpty();
    }

    private static Draft draft(int ordinal, int documentBytes) {
        return new Draft(
                ordinal,
                WriteOperation.newBuilder()
                        .setOrdinal(ordinal)
                        .setKey("key-" + ordinal)
                        .setUpsert(UpsertAction.newBuilder().setDocument(ByteString.copyFrom(new byte[documentBytes])))
                        .build(),
                new float[] {1});
    }
}
