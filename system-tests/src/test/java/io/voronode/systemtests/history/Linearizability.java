package io.voronode.systemtests.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether the operations on one key can have happened one after the other, each at some moment between its call and its return: the search
 * of Wing and Gong (1993) with the cache of Lowe ("Testing for linearizability", 2017), which never tries the same set of operations with
 * the same outcome twice.
 *
 * <p>The key is a register that is absent at first. A read must find what the register holds, and an acknowledged write must have been
 * told rightly whether it found a record. A write that failed, or of which nothing is known, never returned: it may take effect at any
 * time after its call, once, or not at all. A read that failed says nothing.
 *
 * <p>The operations' calls and returns lie in one linked list by time. The search takes the first call that fits the register, lifts it
 * and its return out of the list, and begins anew; where it meets a return, the operation of that return should have happened by then, so
 * it takes back what it did last.
 */
public final class Linearizability {
    /** More than any history of our tests comes near; without a bound a hard one would take all memory. */
    private static final int MAX_STATES = 3_000_000;

    private static final int SHOWN = 6;

    private final Event head = Event.head();
    private final Set<State> seen = new HashSet<>();
    private final Deque<Step> steps = new ArrayDeque<>();
    private final BitSet done = new BitSet();
    /** The values that reads found. */
    private final Set<Long> found;

    private long register = Operation.ABSENT;
    /** Acknowledged operations that have no place yet. */
    private int open;
    /** The most operations that could be put in order, the last few of them, and what was in the way of more. */
    private int most;

    private List<Operation> longest = List.of();
    private @Nullable Operation obstacle;

    /** What has happened so far, in whatever order, what the key holds then, and whether the last to happen was acknowledged. */
    private record State(BitSet done, long register, boolean acknowledged) {}

    private record Step(Event call, long before) {}

    private record Moment(Event event, long nanos) {}

    private Linearizability(List<Operation> operations) {
        found = operations.stream()
                .filter(operation -> operation.ok() && operation.reads())
                .map(Operation::value)
                .collect(Collectors.toSet());
        List<Moment> moments = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation.ok() || !operation.reads()) {
                add(operation, moments);
            }
        }
        // A return at the very moment of a call may have been before it.
        moments.sort(Comparator.comparingLong(Moment::nanos).thenComparing(moment -> !moment.event().call));
        Event last = head;
        for (Moment moment : moments) {
            last.append(moment.event());
            last = moment.event();
        }
    }

    private void add(Operation operation, List<Moment> moments) {
        Event call = Event.call(operation, moments.size());
        moments.add(new Moment(call, operation.call()));
        if (operation.ok()) {
            moments.add(new Moment(call.addReturn(), operation.end()));
            open++;
        }
    }

    /**
     * What cannot be.
     *
     * @param operations all of one key
     * @return empty where they have an order
     */
    public static Optional<String> violation(List<Operation> operations) {
        Optional<String> doubled = doubled(operations);
        return doubled.isPresent() ? doubled : new Linearizability(operations).search();
    }

    /** A write takes effect once: what it wrote is never seen under two versions. */
    private static Optional<String> doubled(List<Operation> operations) {
        Map<Long, Operation> first = new HashMap<>();
        for (Operation operation : operations) {
            if (operation.ok() && operation.value() != Operation.ABSENT && operation.version() > 0) {
                Operation other = first.putIfAbsent(operation.value(), operation);
                if (other != null && other.version() != operation.version()) {
                    return Optional.of("value " + operation.value() + " of key \"" + operation.key()
                            + "\" was applied twice:\n  " + History.line(other) + "\n  " + History.line(operation));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> search() {
        Event event = head.next;
        while (open > 0) {
            if (event != null && event.call) {
                event = take(event) ? head.next : event.next;
            } else {
                note(event);
                if (steps.isEmpty()) {
                    return Optional.of(description());
                }
                event = takeBack();
            }
        }
        return Optional.empty();
    }

    /** Lets the operation happen next, if it fits and leads to something new. */
    private boolean take(Event call) {
        Operation operation = call.operation();
        if (!fits(operation)) {
            return false;
        }
        long after = after(operation);
        done.set(call.number);
        if (!seen.add(new State((BitSet) done.clone(), after, operation.ok()))) {
            done.clear(call.number);
            return false;
        }
        if (seen.size() > MAX_STATES) {
            throw new IllegalStateException(
                    "key \"" + operation.key() + "\" is undecided after " + MAX_STATES + " states");
        }
        steps.push(new Step(call, register));
        register = after;
        call.lift();
        if (call.match != null) {
            call.match.lift();
            open--;
        }
        return true;
    }

    /** Undoes the last step; answers the event behind its call. */
    private @Nullable Event takeBack() {
        Step step = steps.pop();
        register = step.before();
        done.clear(step.call().number);
        if (step.call().match != null) {
            step.call().match.unlift();
            open++;
        }
        step.call().unlift();
        return step.call().next;
    }

    private boolean fits(Operation operation) {
        if (operation.reads()) {
            return operation.value() == register;
        }
        boolean present = register != Operation.ABSENT;
        return operation.ok() ? operation.existed() == present : mayShow(operation, present);
    }

    /**
     * A write without an answer need not happen where nobody can see it: not before another such write, and not where it changes neither
     * whether there is a record nor what a read finds. Without this rule a few of them make the search endless.
     */
    private boolean mayShow(Operation operation, boolean present) {
        Step last = steps.peek();
        if (last != null && !last.call().operation().ok()) {
            return false;
        }
        return operation.kind() == Operation.Kind.UPSERT ? !present || found.contains(operation.value()) : present;
    }

    private long after(Operation operation) {
        return switch (operation.kind()) {
            case READ -> register;
            case UPSERT -> operation.value();
            case DELETE -> Operation.ABSENT;
        };
    }

    private void note(@Nullable Event obstructing) {
        if (obstructing != null && (obstacle == null || steps.size() > most)) {
            most = steps.size();
            longest = steps.stream()
                    .limit(SHOWN)
                    .map(step -> step.call().operation())
                    .toList()
                    .reversed();
            obstacle = obstructing.operation();
        }
    }

    private String description() {
        StringBuilder text = new StringBuilder("no order explains this operation");
        if (obstacle != null) {
            text.append(" on key \"").append(obstacle.key()).append("\":\n  ").append(History.line(obstacle));
        }
        text.append("\nafter, at best:");
        longest.forEach(operation -> text.append("\n  ").append(History.line(operation)));
        return text.toString();
    }
}
