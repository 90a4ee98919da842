package io.voronode.client;

import io.voronode.wire.VoronodeException.BadInput;

/**
 * What must be true of the live record of a key for a write of that key to be carried out. Where it is not, nothing is written and the result
 * is {@link RecordStatus#CONDITION_FAILED}. Of two clients that write with the same condition, one wins.
 */
public sealed interface WriteCondition {

    /** The record has exactly this version, as a read or a write told it. */
    record Version(long version) implements WriteCondition {
        public Version {
            if (version == 0) {
                throw new BadInput("version 0 is none that a record has; absent() stands for no record");
            }
        }
    }

    /** There is a record, or there is none. */
    record Exists(boolean exists) implements WriteCondition {}

    /**
     * The record has exactly this version.
     *
     * @throws BadInput for 0, the version of results that wrote nothing
     */
    static WriteCondition version(long version) {
        return new Version(version);
    }

    /** No record has the key: insert only. */
    static WriteCondition absent() {
        return new Exists(false);
    }

    /** A record has the key: update only. */
    static WriteCondition present() {
        return new Exists(true);
    }
}
