package dev.lockstep.tftp.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TcpConnectionsTest {
    private final TcpConnections connections = new TcpConnections(2);
    private final List<EmbeddedChannel> channels =
            Stream.generate(EmbeddedChannel::new).limit(5).toList();

    private List<Integer> open() {
        return Stream.of(0, 1, 2, 3, 4).filter(i -> channels.get(i).isOpen()).toList();
    }

    @Test
    void a_connection_over_the_limit_closes_only_the_oldest() {
        channels.subList(0, 3).forEach(connections::add);
        assertThat(open()).containsExactly(1, 2, 3, 4);
        channels.get(1).close();
        connections.add(channels.get(3));
        assertThat(open()).as("one was closed by its peer").containsExactly(2, 3, 4);
    }

    @Test
    void a_removed_connection_stays_open() {
        connections.add(channels.get(0));
        connections.remove(channels.get(0));
        channels.subList(1, 5).forEach(connections::add);
        assertThat(open()).containsExactly(0, 3, 4);
    }
}
