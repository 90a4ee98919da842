package io.voronode.coordinator.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.voronode.proto.v1.Record;
import io.voronode.wire.VoronodeException.BadInput;
import org.junit.jupiter.api.Test;

class ExpiryRulesTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long END_SECONDS = 253_402_300_800L;

    private static long at(long seconds, int nanos) {
        Timestamp time =
                Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
        return ExpiryRules.expireTimeMs(
                7, Record.newBuilder().setExpireTime(time).build(), NOW);
    }

    private static long after(long seconds, int nanos) {
        Duration ttl = Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
        return ExpiryRules.expireTimeMs(7, Record.newBuilder().setTtl(ttl).build(), NOW);
    }

    @Test
    void takesAnyTimeAfter1970AndBefore10000() {
        assertThat(at(1_800_000_000L, 123_456_789)).isEqualTo(1_800_000_000_123L);
        assertThat(at(0, 1_000_000)).as("long past").isEqualTo(1);
        assertThat(at(END_SECONDS - 1, 999_999_999)).isEqualTo(END_SECONDS * 1_000 - 1);
        assertThat(ExpiryRules.expireTimeMs(7, Record.getDefaultInstance(), NOW))
                .isZero();
    }

    @Test
    void addsATimeToLiveToTheTimeOfTheCall() {
        assertThat(after(90, 500_000_000)).isEqualTo(NOW + 90_500);
        assertThat(after(0, 1)).as("not less than it says").isEqualTo(NOW + 1);
        long most = END_SECONDS - NOW / 1_000 - 1;
        assertThat(after(most, 999_000_000)).isEqualTo(END_SECONDS * 1_000 - 1);
    }

    @Test
    void refusesOtherTimesWithThePlaceAndTheLimit() {
        assertThatThrownBy(() -> at(-1, 999_999_999))
                .isInstanceOf(BadInput.class)
                .hasMessage("record 7: expire_time of -1 s since 1970 is not above 0");
        assertThatThrownBy(() -> at(0, 999_999)).hasMessageContaining("not above 0");
        assertThatThrownBy(() -> at(Long.MIN_VALUE, 0)).hasMessageContaining("not above 0");
        assertThatThrownBy(() -> at(END_SECONDS, 0)).hasMessageContaining("is not before the year 10000");
        assertThatThrownBy(() -> at(Long.MAX_VALUE, 0)).hasMessageContaining("is not before the year 10000");
        assertThatThrownBy(() -> at(1, -1)).hasMessageContaining("nanos = -1 is not within 0 to 999999999");
        assertThatThrownBy(() -> at(1, 1_000_000_000)).hasMessageContaining("nanos = 1000000000");
    }

    @Test
    void refusesOtherTimesToLiveWithThePlaceAndTheLimit() {
        assertThatThrownBy(() -> after(0, 0))
                .isInstanceOf(BadInput.class)
                .hasMessage("record 7: ttl of 0 s and 0 ns is not above 0");
        assertThatThrownBy(() -> after(-5, 0)).hasMessageContaining("not above 0");
        assertThatThrownBy(() -> after(1, -1)).hasMessageContaining("not above 0");
        assertThatThrownBy(() -> after(END_SECONDS, 0)).hasMessageContaining("goes beyond the year 9999");
        assertThatThrownBy(() -> after(Long.MAX_VALUE, 999_999_999)).hasMessageContaining("goes beyond the year 9999");
    }
}
