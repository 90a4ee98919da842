package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.shardnode.partition.LogFolder.LogFile;
import io.voronode.shardnode.partition.LogPurger.Wanted;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogPurgerTest {
    private static final List<LogFile> LOG = List.of(
            new LogFile(0, 9, 100),
            new LogFile(10, 19, 100),
            new LogFile(20, 29, 100),
            new LogFile(30, Long.MAX_VALUE, 50));
    private static final long HELD = 100;

    @Test
    void letsTheOldestFilesGoUntilTheRestFits() {
        assertThat(lastToGo(350, 25, -1)).isEqualTo(-1);
        assertThat(lastToGo(349, 25, -1)).isEqualTo(9);
        assertThat(lastToGo(200, 25, -1)).isEqualTo(19);
    }

    @Test
    void keepsWhatNoSnapshotContains() {
        assertThat(lastToGo(1, -1, -1)).isEqualTo(-1);
        assertThat(lastToGo(1, 25, -1)).isEqualTo(19);
        assertThat(lastToGo(1, 29, -1)).isEqualTo(29);
    }

    @Test
    void keepsTheFileThatIsWrittenTo() {
        assertThat(lastToGo(1, 40, -1)).isEqualTo(29);
        assertThat(LogPurger.lastToGo(List.of(), 1, HELD, new Wanted(40, -1, Long.MAX_VALUE)))
                .isEqualTo(-1);
    }

    @Test
    void letsGoWhatEveryPeerHasCommittedAndASnapshotContains() {
        assertThat(lastToGo(350, 25, 20)).isEqualTo(19);
        assertThat(lastToGo(350, 15, 29)).isEqualTo(9);
        assertThat(lastToGo(350, 40, 40)).isEqualTo(29);
    }

    /** Ratis would send a snapshot to a follower that has all up to there, and needs the next one. */
    @Test
    void keepsTheLastEntryThatEveryPeerHasCommitted() {
        assertThat(lastToGo(350, 25, 19)).isEqualTo(9);
    }

    @Test
    void keepsWhatAFollowerLacksThatAnswersUpToASecondBound() {
        assertThat(LogPurger.lastToGo(LOG, 250, HELD, new Wanted(29, -1, -1))).isEqualTo(-1);
        assertThat(LogPurger.lastToGo(LOG, 250, HELD, new Wanted(29, -1, 9))).isEqualTo(-1);
        assertThat(LogPurger.lastToGo(LOG, 250, HELD, new Wanted(29, -1, 10))).isEqualTo(9);
        assertThat(LogPurger.lastToGo(LOG, 249, HELD, new Wanted(29, -1, -1))).isEqualTo(9);
        assertThat(LogPurger.lastToGo(LOG, 1, HELD, new Wanted(29, -1, -1))).isEqualTo(29);
    }

    private static long lastToGo(long bytesKept, long snapshot, long committedByAll) {
        return LogPurger.lastToGo(LOG, bytesKept, HELD, new Wanted(snapshot, committedByAll, Long.MAX_VALUE));
    }
}
