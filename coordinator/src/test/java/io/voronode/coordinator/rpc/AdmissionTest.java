package io.voronode.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    @Test
    void worksOnSoManyAtOnceLetsTwiceAsManyWaitAndRefusesTheRest() throws Exception {
        Admission admission = new Admission(2);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            callers.add(Thread.ofVirtual().start(() -> {
                try {
                    admission.admit(() -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        await(release);
                        running.decrementAndGet();
                        return served.incrementAndGet();
                    });
                } catch (Overload e) {
                    assertThat(e.retryDelay()).isPositive();
                    refused.incrementAndGet();
                }
            }));
        }
        while (refused.get() < 14) {
            Thread.onSpinWait();
        }
        release.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(most).hasValue(2);
        assertThat(served).hasValue(6);
        assertThat(refused).hasValue(14);
    }

    @Test
    void doesNotWaitLongerThanTheCallerHasTime() throws Exception {
        Admission admission = new Admission(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        Thread busy = Thread.ofVirtual().start(() -> {
            int done = admission.admit(() -> {
                entered.countDown();
                await(release);
                return 1;
            });
            assertThat(done).isEqualTo(1);
        });
        await(entered);
        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
            Context.CancellableContext call = Context.current().withDeadlineAfter(50, TimeUnit.MILLISECONDS, timer);
            call.run(() -> assertThatThrownBy(() -> admission.admit(() -> 2)).isInstanceOf(DeadlineExceeded.class));
        }
        release.countDown();
        busy.join();
        assertThat(admission.admit(() -> 3)).isEqualTo(3);
    }

    @Test
    void whoIsCancelledLeavesTheQueue() throws Exception {
        Admission admission = new Admission(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        Thread busy = Thread.ofVirtual().start(() -> {
            int done = admission.admit(() -> {
                entered.countDown();
                await(release);
                return 1;
            });
            assertThat(done).isEqualTo(1);
        });
        await(entered);
        Context.CancellableContext call = Context.current().withCancellation();
        CountDownLatch gone = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            Thread waiting = Thread.ofVirtual()
                    .start(() -> call.run(() -> {
                        assertThatThrownBy(() -> admission.admit(() -> 2)).isInstanceOf(Unavailable.class);
                        gone.countDown();
                    }));
            while (waiting.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        call.cancel(null);
        await(gone);
        release.countDown();
        busy.join();
        assertThat(admission.admit(() -> 3)).isEqualTo(3);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("not in time");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
