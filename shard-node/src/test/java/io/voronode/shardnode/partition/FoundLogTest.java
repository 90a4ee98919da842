package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.LogFiles.entry;
import static io.voronode.shardnode.partition.LogFiles.first;
import static io.voronode.shardnode.partition.LogFiles.flipped;
import static io.voronode.shardnode.partition.LogFiles.join;
import static io.voronode.shardnode.partition.LogFiles.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.wire.VoronodeException.Corruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FoundLogTest {
    private static final int PAYLOAD = 100;
    private static final byte[] ZEROS = new byte[4_096];
    private static final byte[] THREE = segment(0, 2, PAYLOAD);
    private static final byte[] FOURTH = entry(3, PAYLOAD);

    @TempDir
    private Path folder;

    @Test
    void findsTheEndOfALogOfSeveralSegments() throws IOException {
        write("log_0-2", THREE);
        write("log_3-5", segment(3, 5, PAYLOAD));
        write("log_inprogress_6", join(segment(6, 9, PAYLOAD), ZEROS));

        FoundLog log = FoundLog.read(folder, -1);
        log.requireReaches(9, "the store");
        assertThatThrownBy(() -> log.requireReaches(10, "the store"))
                .isInstanceOf(Corruption.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("ends at 9, but the store is at 10");
        assertThat(FoundLog.lastIndex(folder, -1)).isEqualTo(9);
    }

    @Test
    void countsWhatASnapshotContainsAsReached() throws IOException {
        write("log_inprogress_0", THREE);

        FoundLog.read(folder, 20).requireReaches(20, "the store");
        assertThat(FoundLog.lastIndex(folder, 20)).isEqualTo(20);
    }

    @ParameterizedTest
    @MethodSource("tornLogs")
    void cutsOffATornLastEntryAndNothingElse(String how, byte[] content) throws IOException {
        Path file = write("log_inprogress_0", content);

        FoundLog log = FoundLog.read(folder, -1);
        log.requireReaches(2, "the store");
        assertThat(Files.readAllBytes(file)).as("nothing is changed by looking").isEqualTo(content);
        log.settle();

        assertThat(Files.readAllBytes(file)).isEqualTo(THREE);
        FoundLog.read(folder, -1).requireReaches(2, "the store");
    }

    private static Stream<Arguments> tornLogs() {
        byte[] large = entry(3, 3_000);
        byte[] larger = entry(3, 64 << 10);
        byte[] holed = holed(join(THREE, larger), 8 << 10, 12 << 10);
        byte[] firstOfTwoLost = holed(join(THREE, large, entry(4, 3_000)), THREE.length, 7 * 512);
        return Stream.of(
                Arguments.of("half of it, then zeros", join(THREE, first(FOURTH, 50), ZEROS)),
                Arguments.of("all but its checksum, then zeros", join(THREE, first(FOURTH, FOURTH.length - 4), ZEROS)),
                Arguments.of("one byte, then zeros", join(THREE, first(FOURTH, 1), ZEROS)),
                Arguments.of("half of it, then the end", join(THREE, first(FOURTH, 50))),
                Arguments.of("one byte, then the end", join(THREE, first(FOURTH, 1))),
                Arguments.of("two sectors of it, then zeros", join(THREE, first(large, 1_024), ZEROS)),
                Arguments.of("all but a page in its middle", join(holed, ZEROS)),
                Arguments.of("all but a page in its middle, then the end", holed),
                Arguments.of("all but a page in its middle, then a whole one", join(holed, entry(4, PAYLOAD), ZEROS)),
                Arguments.of("nothing of it, then the rest of the next", join(firstOfTwoLost, ZEROS)));
    }

    /** With zeros from one offset to another. */
    private static byte[] holed(byte[] bytes, int from, int to) {
        byte[] holed = bytes.clone();
        Arrays.fill(holed, from, to, (byte) 0);
        return holed;
    }

    @Test
    void cutsOffAnEntryThatIsTornWithinItsChecksumWhereASectorBegins() throws IOException {
        byte[] whole = join(THREE, entry(3, 512 - THREE.length - 14));
        int sector = 512;
        assertThat(whole).as("its checksum lies on both sides").hasSizeBetween(sector + 1, sector + 3);
        Path file = write("log_inprogress_0", join(first(whole, sector), ZEROS));

        FoundLog.read(folder, -1).settle();

        assertThat(Files.readAllBytes(file)).isEqualTo(THREE);
    }

    @Test
    void doesNotCutBelowWhatIsKnownToHaveBeenThere() throws IOException {
        Path file = write("log_inprogress_0", join(THREE, first(FOURTH, 50), ZEROS));

        FoundLog log = FoundLog.read(folder, -1);
        assertThatThrownBy(() -> log.requireReaches(3, "what was on this disk")).isInstanceOf(Corruption.class);
        assertThat(Files.size(file)).isEqualTo(THREE.length + 50L + ZEROS.length);
    }

    @ParameterizedTest
    @MethodSource("damagedLogs")
    void namesTheFileAndTheOffsetOfAnyOtherDamage(String how, String name, byte[] content, long offset)
            throws IOException {
        Path file = write(name, content);

        assertThatThrownBy(() -> FoundLog.read(folder, -1))
                .isInstanceOf(Corruption.class)
                .hasMessageContaining(file + " is damaged at offset " + offset);
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
    }

    private static Stream<Arguments> damagedLogs() {
        byte[] four = join(THREE, FOURTH);
        byte[] large = join(THREE, entry(3, 64 << 10));
        String open = "log_inprogress_0";
        int second = 8 + entry(0, PAYLOAD).length;
        return Stream.of(
                Arguments.of(
                        "a byte of the last entry", open, join(flipped(four, THREE.length + 40), ZEROS), THREE.length),
                Arguments.of("a byte of an entry before", open, join(flipped(four, second + 40), ZEROS), second),
                Arguments.of("a byte of its checksum", open, join(flipped(four, four.length - 2), ZEROS), THREE.length),
                Arguments.of("a length", open, join(flipped(four, second), ZEROS), second),
                Arguments.of("the header", open, flipped(four, 3), 0),
                Arguments.of(
                        "half an entry before a whole one", open, join(THREE, first(FOURTH, 50), FOURTH), THREE.length),
                Arguments.of("a byte of a large entry", open, join(flipped(large, 9 << 10), ZEROS), THREE.length),
                Arguments.of("less than a sector of it", open, join(holed(large, 8 << 10, 8_700), ZEROS), THREE.length),
                Arguments.of("bytes behind the end", open, join(THREE, new byte[20], FOURTH, ZEROS), THREE.length),
                Arguments.of("a page of a closed one", "log_0-3", holed(large, 8 << 10, 12 << 10), THREE.length),
                Arguments.of("an index that is left out", open, join(THREE, entry(4, PAYLOAD)), THREE.length),
                Arguments.of("a closed one that is torn", "log_0-3", join(THREE, first(FOURTH, 50)), THREE.length),
                Arguments.of("a closed one of zeros", "log_0-3", ZEROS, 0),
                Arguments.of("an empty closed one", "log_0-3", new byte[0], 0));
    }

    @Test
    void doesNotTakeASegmentThatIsMissingForALogThatBeginsLater() throws IOException {
        write("log_0-2", THREE);
        write("log_6-8", segment(6, 8, PAYLOAD));

        assertThatThrownBy(() -> FoundLog.read(folder, 4))
                .isInstanceOf(Corruption.class)
                .hasMessageContaining("begins at 6")
                .hasMessageContaining("the newest one is at 4");
    }

    @Test
    void givesTheLastSegmentItsNameWhereACrashBrokeItsTruncationOff() throws IOException {
        write("log_0-2", THREE);
        Path shorter = write("log_3-9", segment(3, 5, PAYLOAD));

        FoundLog log = FoundLog.read(folder, -1);
        assertThatThrownBy(() -> log.requireReaches(6, "the store")).isInstanceOf(Corruption.class);
        log.settle();

        assertThat(shorter).doesNotExist();
        assertThat(folder.resolve("log_3-5")).exists();
        FoundLog.read(folder, -1).requireReaches(5, "the store");
    }

    @Test
    void takesAShorterSegmentBeforeOthersForDamage() throws IOException {
        Path shorter = write("log_0-3", THREE);
        write("log_inprogress_4", segment(4, 5, PAYLOAD));

        assertThatThrownBy(() -> FoundLog.read(folder, -1))
                .isInstanceOf(Corruption.class)
                .hasMessageContaining(shorter + " is damaged: it ends at 2");
    }

    @Test
    void deletesSegmentsThatACrashKeptFromBeingPurged() throws IOException {
        Path left = write("log_0-2", THREE);
        write("log_6-8", segment(6, 8, PAYLOAD));

        FoundLog log = FoundLog.read(folder, 5);
        log.requireReaches(8, "the store");
        assertThat(left).exists();
        log.settle();
        assertThat(left).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Raft", "RaftLog1"})
    void takesAnOpenSegmentThatWasJustBegunForAnEmptyOne(String header) throws IOException {
        write("log_0-2", THREE);
        write("log_inprogress_3", join(header.getBytes(java.nio.charset.StandardCharsets.US_ASCII), ZEROS));

        FoundLog.read(folder, -1).requireReaches(2, "the store");
    }

    @Test
    void ignoresWhatFollowsTheLastEntryOfAClosedSegment() throws IOException {
        write("log_0-2", join(THREE, FOURTH));

        FoundLog.read(folder, -1).requireReaches(2, "the store");
    }

    @Test
    void remembersAMarkAndKnowsNothingByADamagedOne() throws IOException {
        LogMark mark = new LogMark(folder.resolve("log-end"));
        assertThat(mark.read()).isEqualTo(-1);
        mark.write(1_234);
        assertThat(mark.read()).isEqualTo(1_234);

        LogFiles.flip(folder.resolve("log-end"), 1);
        assertThat(mark.read()).isEqualTo(-1);
        mark.write(5);
        assertThat(mark.read()).isEqualTo(5);
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }
}
