package io.voronode.coordinator.write;

import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.proto.v1.WriteCondition;

/** Conditions of writes, to the partition and back as a sentence. Pure. */
final class Conditions {
    private Conditions() {}

    /** Puts a valid condition on an operation. */
    static void set(WriteOperation.Builder operation, WriteCondition condition) {
        switch (condition.getConditionCase()) {
            case VERSION -> operation.setIfVersion(condition.getVersion());
            case EXISTS -> operation.setIfExists(condition.getExists());
            case CONDITION_NOT_SET -> throw new IllegalArgumentException("an empty condition came through validation");
        }
    }

    /** Why an operation was not applied. */
    static String unmet(WriteOperation operation, WriteResult result) {
        String found = result.getExisted() ? "the record has version " + result.getVersion() : "there is no record";
        return switch (operation.getConditionCase()) {
            case IF_VERSION -> "version " + operation.getIfVersion() + " was expected, but " + found;
            case IF_EXISTS -> (operation.getIfExists() ? "a" : "no") + " record was expected, but " + found;
            case CONDITION_NOT_SET -> "the partition found a condition that was not set";
        };
    }
}
