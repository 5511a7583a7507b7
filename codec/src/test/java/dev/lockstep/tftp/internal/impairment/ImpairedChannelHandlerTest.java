package dev.lockstep.tftp.internal.impairment;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ImpairedChannelHandlerTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("127.0.0.1", 69);

    @Test
    void without_impairment_nothing_changes() {
        EmbeddedChannel channel = channel(new LinkImpairment(0, 0, 0, 0, 0, 1));
        assertThat(sent(channel, 5)).containsExactly(0, 1, 2, 3, 4);
        assertThat(received(channel, 5)).containsExactly(0, 1, 2, 3, 4);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void the_same_seed_gives_the_same_impairment() {
        LinkImpairment impairment = new LinkImpairment(0.2, 0.1, 0.1, 0, 0, 42);
        List<Integer> once = received(channel(impairment), 200);
        assertThat(received(channel(impairment), 200)).isEqualTo(once);
        assertThat(received(channel(new LinkImpairment(0.2, 0.1, 0.1, 0, 0, 43)), 200))
                .isNotEqualTo(once);
    }

    @Test
    void each_direction_is_impaired_independently() {
        LinkImpairment impairment = new LinkImpairment(0.2, 0.1, 0.1, 0, 0, 42);
        EmbeddedChannel both = channel(impairment);
        List<Integer> out = sent(both, 200);
        assertThat(received(both, 200))
                .isEqualTo(received(channel(impairment), 200))
                .isNotEqualTo(out);
        both.finishAndReleaseAll();
    }

    @Test
    void loss_drops_about_the_given_share_and_leaks_no_buffer() {
        EmbeddedChannel channel = channel(new LinkImpairment(0.25, 0, 0, 0, 0, 1));
        assertThat(received(channel, 10_000).size()).isBetween(7_300, 7_700);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void a_duplicate_follows_immediately() {
        EmbeddedChannel channel = channel(new LinkImpairment(0, 1, 0, 0, 0, 1));
        assertThat(sent(channel, 2)).containsExactly(0, 0, 1, 1);
    }

    @Test
    void the_next_datagram_overtakes_a_held_one() {
        EmbeddedChannel channel = channel(new LinkImpairment(0, 0, 1, 0, 0, 1));
        assertThat(received(channel, 4)).containsExactly(1, 0, 3, 2);
    }

    @Test
    void a_held_datagram_arrives_even_if_none_follows() {
        EmbeddedChannel channel = channel(new LinkImpairment(0, 0, 1, 0, 0, 1));
        channel.freezeTime();
        assertThat(received(channel, 1)).isEmpty();
        channel.advanceTimeBy(20, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        assertThat(read(channel)).containsExactly(0);
    }

    @Test
    void a_delay_keeps_the_order() {
        EmbeddedChannel channel = channel(new LinkImpairment(0, 0, 0, 10, 5, 1));
        channel.freezeTime();
        assertThat(sent(channel, 3)).isEmpty();
        channel.advanceTimeBy(9, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        assertThat(written(channel)).isEmpty();
        channel.advanceTimeBy(6, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        assertThat(written(channel)).containsExactly(0, 1, 2);
    }

    @Test
    void datagrams_sent_before_the_close_are_delivered() {
        EmbeddedChannel channel = channel(new LinkImpairment(0, 0, 0, 10, 0, 1));
        channel.freezeTime();
        sent(channel, 1);
        channel.pipeline().close();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(10, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        assertThat(written(channel)).containsExactly(0);
        assertThat(channel.isOpen()).isFalse();
    }

    private static EmbeddedChannel channel(LinkImpairment impairment) {
        EmbeddedChannel channel =
                new EmbeddedChannel(ImpairedChannelHandler.with(impairment).attach(SERVER, null));
        channel.freezeTime(); // otherwise a slow machine ends the time for which a datagram is held
        return channel;
    }

    private static DatagramPacket datagram(int number) {
        ByteBuf bytes = Unpooled.buffer(4).writeInt(number);
        return new DatagramPacket(bytes, SERVER, SERVER);
    }

    private static List<Integer> sent(EmbeddedChannel channel, int count) {
        for (int i = 0; i < count; i++) {
            channel.writeOutbound(datagram(i));
        }
        return written(channel);
    }

    private static List<Integer> received(EmbeddedChannel channel, int count) {
        for (int i = 0; i < count; i++) {
            channel.writeInbound(datagram(i));
        }
        return read(channel);
    }

    private static List<Integer> written(EmbeddedChannel channel) {
        List<Integer> numbers = new ArrayList<>();
        for (DatagramPacket packet = channel.readOutbound(); packet != null; packet = channel.readOutbound()) {
            numbers.add(numberOf(packet));
        }
        return numbers;
    }

    private static List<Integer> read(EmbeddedChannel channel) {
        List<Integer> numbers = new ArrayList<>();
        for (DatagramPacket packet = channel.readInbound(); packet != null; packet = channel.readInbound()) {
            numbers.add(numberOf(packet));
        }
        return numbers;
    }

    private static int numberOf(DatagramPacket packet) {
        int number = packet.content().getInt(packet.content().readerIndex());
        packet.release();
        return number;
    }
}
