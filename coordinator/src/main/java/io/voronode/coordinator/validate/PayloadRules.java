package io.voronode.coordinator.validate;

import io.voronode.proto.v1.PayloadUpdate;
import io.voronode.wire.VoronodeException.BadInput;

/** What a change of a payload may be. */
public final class PayloadRules {
    private PayloadRules() {}

    /**
     * Checks one change.
     *
     * @param index its place in the request, for the message
     * @throws BadInput naming the index, the value and the limit
     */
    public static void require(int index, PayloadUpdate update) {
        String where = "update " + index;
        Keys.require(where, update.getKey());
        switch (update.getChangeCase()) {
            case REPLACE -> Payloads.require(where, update.getReplace());
            case MERGE -> requirePatch(where, update.getMerge());
            case CHANGE_NOT_SET -> throw new BadInput(where + ": neither replace nor merge is given");
        }
        if (update.hasCondition()) {
            ConditionRules.require(where, update.getCondition());
            if (update.getCondition().hasExists() && !update.getCondition().getExists()) {
                throw new BadInput(where + ": condition.exists = false, but only a record that exists has a payload");
            }
        }
    }

    private static void requirePatch(String where, String patch) {
        if (patch.isEmpty()) {
            throw new BadInput(where + ": merge is empty, not a JSON object");
        }
        Payloads.require(where, patch);
    }
}
