package io.voronode.systemtests.history;

import java.util.ArrayList;
import java.util.List;

/** The same question as {@link Linearizability}, answered by trying every order: for a handful of operations. */
final class AllOrders {
    private AllOrders() {}

    static boolean explain(List<Operation> history) {
        List<Operation> telling = history.stream()
                .filter(operation -> operation.ok() || !operation.reads())
                .toList();
        return explain(telling, Operation.ABSENT);
    }

    private static boolean explain(List<Operation> left, long register) {
        if (left.stream().noneMatch(Operation::ok)) {
            return true;
        }
        for (Operation next : left) {
            List<Operation> rest = new ArrayList<>(left);
            rest.remove(next);
            boolean inTime = rest.stream().noneMatch(other -> other.ok() && other.end() < next.call());
            if (inTime && fits(next, register) && explain(rest, after(next, register))) {
                return true;
            }
        }
        return false;
    }

    private static boolean fits(Operation operation, long register) {
        if (operation.reads()) {
            return operation.value() == register;
        }
        return !operation.ok() || operation.existed() == (register != Operation.ABSENT);
    }

    private static long after(Operation operation, long register) {
        return operation.reads() ? register : operation.value();
    }
}
