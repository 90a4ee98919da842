package io.voronode.client;

/**
 * How a collection is verified. {@link #DEFAULT} changes nothing, tells 100 differences and leaves the cluster time for others.
 *
 * @param repair whether replicas of shards that differ from the rows are built anew, and everything is compared once more
 * @param maxDifferences differences that are told one by one, 1 to 10 000; all are counted
 * @param recordsPerSecond records compared a second, at most
 */
public record VerifyOptions(boolean repair, int maxDifferences, int recordsPerSecond) {
    /** How many differences may be told one by one. */
    public static final int MAX_DIFFERENCES = 10_000;

    public static final VerifyOptions DEFAULT = new VerifyOptions(false, 100, 20_000);

    public VerifyOptions {
        if (maxDifferences < 1 || maxDifferences > MAX_DIFFERENCES) {
            throw new IllegalArgumentException(
                    "maxDifferences " + maxDifferences + " is not within 1 to " + MAX_DIFFERENCES);
        }
        if (recordsPerSecond < 1) {
            throw new IllegalArgumentException("recordsPerSecond " + recordsPerSecond + " < 1");
        }
    }

    public VerifyOptions withRepair(boolean value) {
        return new VerifyOptions(value, maxDifferences, recordsPerSecond);
    }

    public VerifyOptions withMaxDifferences(int value) {
        return new VerifyOptions(repair, value, recordsPerSecond);
    }

    public VerifyOptions withRecordsPerSecond(int value) {
        return new VerifyOptions(repair, maxDifferences, value);
    }
}
