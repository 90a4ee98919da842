package io.voronode.systemtests.history;

import io.voronode.systemtests.history.Operation.Kind;
import io.voronode.systemtests.history.Operation.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Histories to try the checker on. */
final class RandomHistory {
    private RandomHistory() {}

    /**
     * What clients see of a real register: each operation takes effect at a moment of its own, the moments follow each other, and call and
     * return lie around them. Some answers to writes are lost; some of those writes have no effect.
     */
    static List<Operation> ofARegister(String key, int count, int overlap, Random random) {
        List<Operation> history = new ArrayList<>();
        long register = Operation.ABSENT;
        for (int moment = 1; moment <= count; moment++) {
            Kind kind = kind(random);
            boolean lost = random.nextInt(10) == 0;
            long before = register;
            if (kind != Kind.READ && !(lost && random.nextBoolean())) {
                register = kind == Kind.UPSERT ? moment : Operation.ABSENT;
            }
            long value = kind == Kind.READ ? before : kind == Kind.UPSERT ? moment : Operation.ABSENT;
            long call = moment * 10L - random.nextInt(10 * overlap);
            long end = moment * 10L + random.nextInt(10 * overlap);
            history.add(
                    lost
                            ? new Operation(0, key, kind, value, 0, false, call, call + 1, Outcome.UNKNOWN)
                            : new Operation(
                                    0, key, kind, value, value, before != Operation.ABSENT, call, end, Outcome.OK));
        }
        Collections.shuffle(history, random);
        return history;
    }

    private static Kind kind(Random random) {
        int dice = random.nextInt(100);
        return dice < 45 ? Kind.UPSERT : dice < 60 ? Kind.DELETE : Kind.READ;
    }

    /** Any operations with any answers: most have no order, many have. */
    static List<Operation> ofAnything(String key, int count, Random random) {
        List<Operation> history = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            Kind kind = kind(random);
            long value = switch (kind) {
                case UPSERT -> number;
                case DELETE -> Operation.ABSENT;
                case READ -> random.nextInt(count + 1);
            };
            long call = random.nextInt(30);
            Outcome outcome = random.nextInt(5) == 0 ? Outcome.UNKNOWN : Outcome.OK;
            history.add(new Operation(
                    0, key, kind, value, value, random.nextBoolean(), call, call + random.nextInt(30), outcome));
        }
        return history;
    }
}
