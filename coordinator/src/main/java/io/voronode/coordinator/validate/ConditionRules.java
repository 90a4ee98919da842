package io.voronode.coordinator.validate;

import io.voronode.proto.v1.WriteCondition;
import io.voronode.wire.VoronodeException.BadInput;

/** What the condition of a write may be. */
public final class ConditionRules {
    private ConditionRules() {}

    /**
     * Checks a condition.
     *
     * @param where the place in the request, for the message
     */
    static void require(String where, WriteCondition condition) {
        switch (condition.getConditionCase()) {
            case VERSION -> requireVersion(where + ": condition.version", condition.getVersion());
            case EXISTS -> {}
            case CONDITION_NOT_SET ->
                throw new BadInput(where + ": condition has neither version nor exists, nor what this server knows");
        }
    }

    /** Checks a version that a record must have. */
    public static void requireVersion(String where, long version) {
        if (version == 0) {
            throw new BadInput(where + " is 0, which no record has; exists = false stands for no record");
        }
    }
}
