package dev.lockstep.tftp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RetryTableTest {
    private static final InetSocketAddress CLIENT = end("192.0.2.1", 2000);
    private static final int SIZE = 1 << 12;

    private final RetryTable list = new RetryTable(SIZE, new SeededHash(42));
    private final Random random = new Random(1);

    private static InetSocketAddress end(String address, int port) {
        return new InetSocketAddress(address, port);
    }

    private boolean isBack(InetSocketAddress end, long millis) {
        return list.isBack(end, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private InetSocketAddress madeUp() {
        byte[] address = new byte[4];
        random.nextBytes(address);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), random.nextInt(1, 1 << 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // four octets are always an address
        }
    }

    @Test
    void who_asks_again_after_a_while_is_back() {
        assertThat(isBack(CLIENT, 0)).isFalse();
        assertThat(isBack(CLIENT, 200)).isTrue();
        assertThat(isBack(end("192.0.2.2", 2000), 200)).isFalse();
        assertThat(isBack(end("192.0.2.2", 2000), 20_200)).isTrue();
    }

    @Test
    void who_asks_again_too_early_is_not_but_need_not_wait_any_longer_for_that() {
        assertThat(isBack(CLIENT, 0)).isFalse();
        assertThat(isBack(CLIENT, 0)).isFalse();
        assertThat(isBack(CLIENT, 199)).isFalse();
        assertThat(isBack(CLIENT, 200)).isTrue();
    }

    @Test
    void who_asks_again_too_late_is_new() {
        assertThat(isBack(CLIENT, 0)).isFalse();
        assertThat(isBack(CLIENT, 20_001)).isFalse();
        assertThat(isBack(CLIENT, 20_201)).isTrue();
    }

    @Test
    void who_was_back_begins_anew() {
        isBack(CLIENT, 0);
        assertThat(isBack(CLIENT, 1000)).isTrue();
        assertThat(isBack(CLIENT, 1001)).isFalse();
        assertThat(isBack(CLIENT, 1200)).isTrue();
        assertThat(isBack(CLIENT, 21_200)).isTrue();
    }

    @Test
    void another_port_or_address_is_somebody_else() {
        isBack(CLIENT, 0);
        assertThat(isBack(end("192.0.2.1", 2001), 1000)).isFalse();
        assertThat(isBack(end("192.0.2.2", 2000), 1000)).isFalse();
        assertThat(isBack(end("192.0.3.1", 2000), 1000)).isFalse();
        assertThat(isBack(CLIENT, 1000)).isTrue();
    }

    @Test
    void an_address_of_ipv6_counts_as_a_whole() {
        isBack(end("2001:db8::1:0:0:1", 2000), 0);
        assertThat(isBack(end("2001:db8::2:0:0:1", 2000), 1000)).isFalse();
        assertThat(isBack(end("2001:db8::1:0:0:2", 2000), 1000)).isFalse();
        assertThat(isBack(end("2001:db8::1:0:0:1", 2000), 1000)).isTrue();
    }

    @Test
    void a_clock_may_count_from_below_zero_and_on_another_thread_be_a_little_behind() {
        long begin = -TimeUnit.DAYS.toMillis(10_000);
        assertThat(isBack(CLIENT, begin)).isFalse();
        assertThat(isBack(CLIENT, begin - 1)).isFalse();
        assertThat(isBack(CLIENT, begin + 200)).isTrue();
    }

    @Test
    void nearly_nobody_is_forgotten_before_half_of_the_table_has_come() {
        InetSocketAddress[] clients = new InetSocketAddress[100];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = madeUp();
            isBack(clients[i], 0);
        }
        for (int i = 0; i < SIZE / 2; i++) {
            isBack(madeUp(), 1);
        }
        int found = 0;
        for (InetSocketAddress client : clients) {
            found += isBack(client, 1000) ? 1 : 0;
        }
        assertThat(found).isBetween(90, 100);
    }

    @Test
    void a_table_full_of_others_forgets_the_oldest_and_takes_nobody_for_another() {
        isBack(CLIENT, 0);
        int mistaken = 0;
        for (int i = 0; i < 100 * SIZE; i++) {
            mistaken += isBack(madeUp(), 1000 + i / SIZE) ? 1 : 0;
        }
        assertThat(mistaken).isLessThanOrEqualTo(2);
        assertThat(isBack(CLIENT, 1500)).isFalse();
        assertThat(isBack(CLIENT, 1700)).isTrue();
    }

    @Test
    void where_in_the_table_one_is_depends_on_the_secret() {
        SeededHash hash = new SeededHash(0);
        int alike = 0;
        for (int secret = 1; secret <= 1000; secret++) {
            alike += (new SeededHash(secret).of(7) & SIZE - 1) == (hash.of(7) & SIZE - 1) ? 1 : 0;
        }
        assertThat(alike).isLessThan(10);
    }
}
