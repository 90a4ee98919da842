package io.voronode.benchmarks.index;

import java.util.List;

/**
 * With what a graph is built.
 *
 * @param degree links of a node, by the name M in the literature
 * @param beamWidth candidates that an insertion looks at
 */
public record GraphSetting(int degree, int beamWidth) {

    /** What libraries use unless told otherwise: the one setting of a quick run. */
    public static final GraphSetting QUICK = new GraphSetting(16, 100);

    /** The sweep; the setting that is best most often first, so that the first figures are of use. */
    public static final List<GraphSetting> SWEEP = List.of(
            new GraphSetting(16, 200), new GraphSetting(16, 100), new GraphSetting(32, 200), new GraphSetting(32, 100));

    String fileName() {
        return "M" + degree + "-beam" + beamWidth;
    }

    @Override
    public String toString() {
        return "M=" + degree + " beam=" + beamWidth;
    }
}
