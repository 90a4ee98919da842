package io.voronode.coordinator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voronode.proto.internal.v1.CollectionSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class CollectionMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CollectionMeters meters = new CollectionMeters(registry);

    private static CollectionSpec spec(int uuid, String name) {
        return CollectionSpec.newBuilder()
                .setUuid(ByteString.copyFrom(new byte[] {0x0a, (byte) uuid}))
                .setName(name)
                .build();
    }

    private List<String> known() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getName() + " " + id.getTag("collection") + " " + id.getTag("collection_name"))
                .sorted()
                .toList();
    }

    @Test
    void namesCollectionsAsLongAsTheyAre() {
        meters.follow(() -> List.of(spec(1, "articles"), spec(2, "notes")));
        assertThat(known())
                .containsExactly("voronode.collection.name 0a01 articles", "voronode.collection.name 0a02 notes");
        assertThat(registry.get("voronode.collection.name").gauges())
                .allSatisfy(gauge -> assertThat(gauge.value()).isOne());

        meters.follow(() -> List.of(spec(2, "notes")));
        assertThat(known()).containsExactly("voronode.collection.name 0a02 notes");
    }

    @Test
    void aNameThatIsGivenAgainBelongsToTheNewCollection() {
        meters.follow(() -> List.of(spec(1, "articles")));
        meters.follow(() -> List.of(spec(3, "articles")));

        assertThat(known()).containsExactly("voronode.collection.name 0a03 articles");
    }

    @Test
    void leavesNothingBehind() {
        meters.follow(() -> List.of(spec(1, "articles")));
        meters.close();
        meters.follow(() -> List.of(spec(2, "notes")));

        assertThat(registry.getMeters()).isEmpty();
    }
}
