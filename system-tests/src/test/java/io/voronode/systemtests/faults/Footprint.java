package io.voronode.systemtests.faults;

import io.voronode.systemtests.ServerProcess;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server process holds while it has nothing to do.
 *
 * @param heapKib live objects: the histogram of classes collects before it counts
 * @param files open files and sockets
 */
record Footprint(long heapKib, long files, long threads) {
    private static final double GROWTH = 1.1;
    /** Number, instances, bytes and class of a line. */
    private static final Pattern OF_CLASS =
            Pattern.compile("^\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+)", Pattern.MULTILINE);
    /** What a collector puts into the gaps that it leaves: now more, now less. */
    private static final String FILLER = "FillerElement";

    /** Of every coordinator and node. */
    static Map<String, Footprint> of(Stage stage) throws InterruptedException {
        Map<String, Footprint> all = new LinkedHashMap<>();
        for (ServerProcess process : stage.cluster().processes()) {
            if (!process.name().startsWith("zookeeper")) {
                all.put(process.name(), of(process));
            }
        }
        return all;
    }

    private static Footprint of(ServerProcess process) throws InterruptedException {
        Matcher classes = OF_CLASS.matcher(process.jcmd("GC.class_histogram"));
        long heapKib = classes.results()
                        .filter(line -> !line.group(2).contains(FILLER))
                        .mapToLong(line -> Long.parseLong(line.group(1)))
                        .sum()
                >> 10;
        if (heapKib == 0) {
            throw new AssertionError("the heap of " + process.name() + " has no size");
        }
        return new Footprint(heapKib, process.openFiles(), process.threads());
    }

    /** Whether this is at most a tenth more. */
    boolean isNoMoreThan(Footprint before) {
        return heapKib <= GROWTH * before.heapKib
                && files <= GROWTH * before.files
                && threads <= GROWTH * before.threads;
    }
}
