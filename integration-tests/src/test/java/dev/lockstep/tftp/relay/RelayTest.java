package dev.lockstep.tftp.relay;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Tests the relay between raw sockets. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RelayTest {
    private static final byte[] REQUEST = rrq("file");
    private static final NetworkImpairment LOST = NetworkImpairment.CLEAR.withLoss(1);

    private final RawSocketPeer listener = new RawSocketPeer();
    private final RawSocketPeer client = new RawSocketPeer();
    private Relay relay;

    private void start(RelaySettings settings) {
        relay = settings.start();
    }

    private RelaySettings toListener() {
        return Relay.to(listener.address());
    }

    @AfterEach
    void close() {
        relay.close();
        for (RawSocketPeer each : new RawSocketPeer[] {listener, client}) {
            each.talkTo(null).close();
        }
    }

    /** Sends a request through the relay, and returns the address from which the server receives it. */
    private InetSocketAddress asked(RawSocketPeer sender) {
        sender.ask(relay.address(), REQUEST);
        listener.talkTo(null);
        Datagram request = listener.next();
        assertThat(request.bytes()).isEqualTo(REQUEST);
        return request.from();
    }

    @Test
    void a_transfer_is_relayed_in_both_directions() {
        start(toListener());
        InetSocketAddress seen = asked(client);
        try (RawSocketPeer tid = new RawSocketPeer().talkTo(seen)) {
            tid.send(data(1, pattern(512)));
            client.expect(data(1, pattern(512)));
            client.send(ack(1));
            tid.expect(ack(1));
            tid.talkTo(null);
        }
    }

    @Test
    void each_tid_of_the_server_has_a_port_of_its_own_that_stays() {
        start(toListener());
        InetSocketAddress seen = asked(client);
        try (RawSocketPeer one = new RawSocketPeer().talkTo(seen);
                RawSocketPeer other = new RawSocketPeer().talkTo(seen)) {
            one.send(data(1, pattern(3)));
            InetSocketAddress face = client.next().from();
            other.send(data(1, pattern(4)));
            InetSocketAddress otherFace = client.talkTo(null).next().from();
            assertThat(otherFace).isNotEqualTo(face).isNotEqualTo(relay.address());
            client.sendTo(face, ack(1));
            one.expect(ack(1));
            client.sendTo(otherFace, ack(2));
            other.expect(ack(2));
            one.send(data(2, pattern(3)));
            assertThat(client.talkTo(null).next().from()).isEqualTo(face);
            one.talkTo(null);
            other.talkTo(null);
        }
    }

    @Test
    void answers_from_the_listening_port_come_from_the_listening_port() {
        start(toListener());
        listener.talkTo(asked(client));
        listener.send(data(1, pattern(3)));
        assertThat(client.next().from()).isEqualTo(relay.address());
    }

    @Test
    void clients_are_distinguished() {
        start(toListener());
        try (RawSocketPeer second = new RawSocketPeer()) {
            InetSocketAddress seen = asked(client);
            InetSocketAddress seenSecond = asked(second);
            assertThat(seenSecond).isNotEqualTo(seen);
            listener.sendTo(seenSecond, data(2, pattern(2)));
            listener.sendTo(seen, data(1, pattern(1)));
            second.expect(data(2, pattern(2)));
            client.expect(data(1, pattern(1)));
            second.talkTo(null);
        }
    }

    @Test
    void another_client_cannot_use_the_port_of_a_transfer() {
        start(toListener());
        InetSocketAddress seen = asked(client);
        try (RawSocketPeer tid = new RawSocketPeer().talkTo(seen);
                RawSocketPeer other = new RawSocketPeer()) {
            tid.send(data(1, pattern(3)));
            InetSocketAddress face = client.next().from();
            other.sendTo(face, ack(9));
            client.send(ack(1));
            tid.expect(ack(1));
            tid.expectSilence();
            tid.talkTo(null);
        }
    }

    @Test
    void a_datagram_lost_on_the_way_to_the_server_never_arrives() {
        start(toListener().impairment(LOST, NetworkImpairment.CLEAR));
        client.ask(relay.address(), REQUEST);
        listener.expectSilence();
    }

    @Test
    void a_datagram_lost_on_the_way_to_the_client_never_arrives() {
        start(toListener().impairment(NetworkImpairment.CLEAR, LOST));
        listener.talkTo(asked(client));
        listener.send(data(1, pattern(3)));
        client.expectSilence();
    }

    @Test
    void below_the_mtu_datagrams_pass_and_above_it_they_are_dropped() {
        start(toListener().impairment(NetworkImpairment.CLEAR, NetworkImpairment.CLEAR.withMtu(576)));
        listener.talkTo(asked(client));
        listener.send(data(1, pattern(1428)));
        listener.send(data(1, pattern(512)));
        client.expect(data(1, pattern(512)));
    }

    @Test
    void damage_is_applied_only_in_its_direction() {
        start(toListener().impairment(NetworkImpairment.CLEAR, NetworkImpairment.CLEAR.withDamage(0, 1)));
        listener.talkTo(asked(client)); // not truncated
        listener.send(data(1, pattern(512)));
        assertThat(client.next().bytes().length).isLessThan(4 + 512);
    }

    @Test
    void in_a_blackout_nothing_passes_in_either_direction() {
        start(toListener().blackout(new Blackout(2, Duration.ofMinutes(10))));
        listener.talkTo(asked(client));
        listener.send(data(1, pattern(3)));
        client.expect(data(1, pattern(3)));
        listener.send(data(2, pattern(3)));
        client.sendTo(relay.address(), REQUEST);
        client.expectSilence();
        listener.expectSilence();
    }

    @Test
    void after_a_blackout_all_datagrams_pass_and_it_does_not_recur() throws IOException {
        AtomicLong time = new AtomicLong();
        relay = new Relay(toListener().blackout(new Blackout(1, Duration.ofSeconds(10))), time::get);
        listener.talkTo(asked(client));
        listener.send(data(1, pattern(3)));
        client.expectSilence();
        time.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        listener.send(data(1, pattern(3)));
        client.expectSilence();
        time.incrementAndGet();
        for (int block = 1; block < 100; block++) {
            listener.send(data(block, pattern(3)));
            client.talkTo(relay.address()).expect(data(block, pattern(3)));
        }
        relay.close();
        assertThat(relay.downCounter().blackedOut()).isEqualTo(2);
    }
}
