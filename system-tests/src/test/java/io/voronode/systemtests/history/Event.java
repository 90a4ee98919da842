package io.voronode.systemtests.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The call or the return of an operation, in a linked list by time. What is lifted out keeps its place, so that it can be put back. */
final class Event {
    private final @Nullable Operation operation;
    /** The same for a call and its return; other operations have others. */
    final int number;

    final boolean call;
    /** Of a call its return, if it ever returned. */
    @Nullable
    Event match;

    private @Nullable Event previous;

    @Nullable
    Event next;

    private Event(@Nullable Operation operation, int number, boolean call) {
        this.operation = operation;
        this.number = number;
        this.call = call;
    }

    /** What stands before the first event. */
    static Event head() {
        return new Event(null, -1, false);
    }

    static Event call(Operation operation, int number) {
        return new Event(operation, number, true);
    }

    Event addReturn() {
        Event returned = new Event(operation, number, false);
        match = returned;
        return returned;
    }

    Operation operation() {
        return Objects.requireNonNull(operation, "the head of the list is no operation");
    }

    void append(Event other) {
        next = other;
        other.previous = this;
    }

    void lift() {
        if (previous != null) {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
    }

    /** Only in the reverse order of lifting. */
    void unlift() {
        if (previous != null) {
            previous.next = this;
        }
        if (next != null) {
            next.previous = this;
        }
    }
}
