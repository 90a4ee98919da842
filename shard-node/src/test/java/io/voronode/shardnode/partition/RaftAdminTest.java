package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.wire.VoronodeException.Unavailable;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.Test;

class RaftAdminTest {

    /** As Ratis does where a thread of the division does not end: it closes on the calling thread. */
    @Test
    void aFailedDivisionThatDoesNotEndIsLeftAloneAfterAWhile() throws InterruptedException {
        CountDownLatch closing = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        RaftServer server = (RaftServer) Proxy.newProxyInstance(
                RaftServer.class.getClassLoader(), new Class<?>[] {RaftServer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getId")) {
                        return RaftPeerId.valueOf("n1");
                    }
                    closing.countDown();
                    ended.await();
                    return null;
                });

        assertThatThrownBy(() -> new RaftAdmin(server).removeFailed(RaftGroupId.randomId(), Duration.ofSeconds(1)))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("Raft did not answer");

        assertThat(closing.getCount()).isZero();
        ended.countDown();
    }
}
