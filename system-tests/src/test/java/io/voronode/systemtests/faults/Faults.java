package io.voronode.systemtests.faults;

import io.voronode.systemtests.NodeFiles;
import io.voronode.systemtests.Seeds;
import io.voronode.systemtests.crash.CrashPoint;
import io.voronode.systemtests.faults.FaultRun.Verdict;
import io.voronode.systemtests.history.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * All faults, and the command behind {@code scripts/faults.sh}: runs those that are named, or all, one after the other on one cluster, and
 * ends with 1 where one failed.
 */
final class Faults {
    private static final Duration TRAFFIC = Duration.ofSeconds(20);

    private static final List<Supplier<Fault>> ALL = List.of(
            KillNode::leader,
            KillNode::follower,
            KillAllNodes::new,
            KillCoordinator::new,
            KillController::new,
            () -> new CrashAt(CrashPoint.FLUSH),
            () -> new CrashAt(CrashPoint.MERGE),
            () -> new CrashAt(CrashPoint.INSTALL),
            () -> new CrashAt(CrashPoint.ASSIGN),
            () -> new CrashController(CrashPoint.TRAIN),
            () -> new CrashController(CrashPoint.PLACE),
            () -> new CrashController(CrashPoint.SWITCH),
            () -> new CrashController(CrashPoint.END),
            () -> new CrashController(CrashPoint.MOVE),
            () -> new PauseLeader("F5-5s", Duration.ofSeconds(5)),
            () -> new PauseLeader("F5-15s", Duration.ofSeconds(15)),
            CutLeader::alone,
            CutLeader::deaf,
            CutLeader::mute,
            BridgeNodes::new,
            CutFromZooKeeper::new,
            FillDisk::new,
            DamageFiles::new,
            ReplaceDisk::new,
            () -> new SkewClocks("F9-skew", Duration.ofSeconds(30)),
            () -> new SkewClocks("F9-jump", Duration.ofHours(1)),
            KillZooKeeper::one,
            KillZooKeeper::all,
            ExpireSession::new,
            SlowNode::processor,
            SlowNode::delay,
            SlowNode::narrow,
            ExhaustMemory::new,
            () -> new PauseLeader("F12-pause", Duration.ofSeconds(45)),
            Terminate::new,
            CutPower::new);

    private Faults() {}

    public static void main(String[] arguments) throws Exception {
        List<String> names = List.of(arguments);
        if (names.equals(List.of("--list"))) {
            ALL.forEach(fault ->
                    System.out.println(fault.get().name() + "  " + fault.get().summary()));
        } else if (names.equals(List.of("growth"))) {
            System.exit(growth());
        } else if (names.size() == 2 && names.getFirst().equals("--check")) {
            System.exit(check(Path.of(names.getLast())));
        } else if (names.size() == 3 && names.getFirst().equals("--cycles")) {
            System.exit(cycles(Integer.parseInt(names.get(1)), names.get(2)));
        } else {
            System.exit(run(names));
        }
    }

    private static int growth() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("voronode-growth-");
        try {
            Growth.run(folder, Seeds.next("growth"));
        } catch (AssertionError | RuntimeException e) {
            System.out.println("growth FAILED: " + e);
            e.printStackTrace(System.out);
            return 1;
        }
        NodeFiles.delete(folder);
        return 0;
    }

    /** Judges a history that was kept. */
    private static int check(Path file) {
        List<String> violations = History.read(file).violations();
        violations.forEach(System.out::println);
        System.out.println(file + ": " + violations.size() + " violations");
        return violations.isEmpty() ? 0 : 1;
    }

    private static int run(List<String> names) throws IOException, InterruptedException {
        Map<Verdict, List<String>> ended = new EnumMap<>(Verdict.class);
        long seed = Seeds.next("faults");
        Deque<Fault> left = new ArrayDeque<>(chosen(names));
        while (!left.isEmpty()) {
            runUntilOneFails(left, ended, seed);
        }
        List<String> failed = ended.getOrDefault(Verdict.FAILED, List.of());
        List<String> skipped = ended.getOrDefault(Verdict.SKIPPED, List.of());
        System.out.println(ended.getOrDefault(Verdict.OK, List.of()).size() + " faults survived, " + failed.size()
                + " not " + failed + ", " + skipped.size() + " skipped " + skipped);
        return failed.isEmpty() ? 0 : 1;
    }

    /** On one cluster: what is left of one in which a fault was not survived tells nothing about the next fault. */
    private static void runUntilOneFails(Deque<Fault> left, Map<Verdict, List<String>> ended, long seed)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("voronode-faults-");
        Verdict verdict = Verdict.OK;
        try (Stage stage = Stage.start(folder)) {
            while (verdict != Verdict.FAILED && !left.isEmpty()) {
                Fault fault = left.remove();
                verdict = verdict(fault, stage, seed);
                ended.computeIfAbsent(verdict, none -> new ArrayList<>()).add(fault.name());
            }
        }
        if (verdict == Verdict.FAILED) {
            System.out.println("data of the coordinators and ZooKeeper: " + folder);
        } else {
            NodeFiles.delete(folder);
        }
    }

    /**
     * The same fault again and again, and what processes hold after the last time as compared with after half of them: until then files of the
     * row stores find their number, and caches fill.
     */
    private static int cycles(int cycles, String name) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("voronode-faults-");
        long seed = Seeds.next("faults");
        int failed = 0;
        try (Stage stage = Stage.start(folder)) {
            int half = cycles / 2;
            Map<String, Footprint> halfway = Footprint.of(stage);
            for (int cycle = 0; cycle < cycles; cycle++) {
                for (Fault fault : chosen(List.of(name))) {
                    failed += verdict(fault, stage, seed + cycle) == Verdict.OK ? 0 : 1;
                }
                halfway = cycle + 1 == half ? Footprint.of(stage) : halfway;
            }
            for (Map.Entry<String, Footprint> last : Footprint.of(stage).entrySet()) {
                Footprint before = Objects.requireNonNull(halfway.get(last.getKey()));
                boolean ok = last.getValue().isNoMoreThan(before);
                failed += ok ? 0 : 1;
                System.out.println(last.getKey() + (ok ? " ok" : " FAILED") + " after " + half + " cycles " + before
                        + ", after " + cycles + " " + last.getValue());
            }
        }
        System.out.println(cycles + " cycles of " + name + ", " + failed + " failures");
        if (failed == 0) {
            NodeFiles.delete(folder);
        }
        return failed == 0 ? 0 : 1;
    }

    private static Verdict verdict(Fault fault, Stage stage, long seed) throws InterruptedException {
        try {
            return FaultRun.run(fault, stage, TRAFFIC, 1, seed);
        } catch (AssertionError | RuntimeException e) {
            System.out.println(fault.name() + " FAILED: " + e);
            e.printStackTrace(System.out);
            return Verdict.FAILED;
        }
    }

    static Fault named(String name) {
        return chosen(List.of(name)).getFirst();
    }

    /** By name, or by the number that several share. */
    private static List<Fault> chosen(List<String> names) {
        List<Fault> all = ALL.stream().map(Supplier::get).toList();
        for (String name : names) {
            if (all.stream().noneMatch(fault -> isNamed(fault, name))) {
                throw new IllegalArgumentException("there is no fault " + name + ", only "
                        + Arrays.toString(all.stream().map(Fault::name).toArray()));
            }
        }
        return all.stream()
                .filter(fault -> names.isEmpty() || names.stream().anyMatch(name -> isNamed(fault, name)))
                .toList();
    }

    private static boolean isNamed(Fault fault, String name) {
        return fault.name().equals(name) || fault.name().startsWith(name + "-");
    }
}
