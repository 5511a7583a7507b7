package dev.lockstep.tftp.server.internal.validation;

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

    private boolean recordRetry(InetSocketAddress end, long millis) {
        return list.recordRetry(end, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private InetSocketAddress randomAddress() {
        byte[] address = new byte[4];
        random.nextBytes(address);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), random.nextInt(1, 1 << 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // four bytes are always a valid address
        }
    }

    @Test
    void a_request_repeated_after_the_minimum_time_is_a_retransmission() {
        assertThat(recordRetry(CLIENT, 0)).isFalse();
        assertThat(recordRetry(CLIENT, 200)).isTrue();
        assertThat(recordRetry(end("192.0.2.2", 2000), 200)).isFalse();
        assertThat(recordRetry(end("192.0.2.2", 2000), 20_200)).isTrue();
    }

    @Test
    void a_request_repeated_too_early_is_none_and_does_not_restart_the_minimum_time() {
        assertThat(recordRetry(CLIENT, 0)).isFalse();
        assertThat(recordRetry(CLIENT, 0)).isFalse();
        assertThat(recordRetry(CLIENT, 199)).isFalse();
        assertThat(recordRetry(CLIENT, 200)).isTrue();
    }

    @Test
    void a_request_repeated_too_late_is_a_new_one() {
        assertThat(recordRetry(CLIENT, 0)).isFalse();
        assertThat(recordRetry(CLIENT, 20_001)).isFalse();
        assertThat(recordRetry(CLIENT, 20_201)).isTrue();
    }

    @Test
    void a_retransmission_starts_a_new_entry() {
        recordRetry(CLIENT, 0);
        assertThat(recordRetry(CLIENT, 1000)).isTrue();
        assertThat(recordRetry(CLIENT, 1001)).isFalse();
        assertThat(recordRetry(CLIENT, 1200)).isTrue();
        assertThat(recordRetry(CLIENT, 21_200)).isTrue();
    }

    @Test
    void another_port_or_address_is_another_client() {
        recordRetry(CLIENT, 0);
        assertThat(recordRetry(end("192.0.2.1", 2001), 1000)).isFalse();
        assertThat(recordRetry(end("192.0.2.2", 2000), 1000)).isFalse();
        assertThat(recordRetry(end("192.0.3.1", 2000), 1000)).isFalse();
        assertThat(recordRetry(CLIENT, 1000)).isTrue();
    }

    @Test
    void all_bits_of_an_ipv6_address_are_compared() {
        recordRetry(end("2001:db8::1:0:0:1", 2000), 0);
        assertThat(recordRetry(end("2001:db8::2:0:0:1", 2000), 1000)).isFalse();
        assertThat(recordRetry(end("2001:db8::1:0:0:2", 2000), 1000)).isFalse();
        assertThat(recordRetry(end("2001:db8::1:0:0:1", 2000), 1000)).isTrue();
    }

    @Test
    void the_clock_may_be_negative_and_slightly_behind_on_another_thread() {
        long begin = -TimeUnit.DAYS.toMillis(10_000);
        assertThat(recordRetry(CLIENT, begin)).isFalse();
        assertThat(recordRetry(CLIENT, begin - 1)).isFalse();
        assertThat(recordRetry(CLIENT, begin + 200)).isTrue();
    }

    @Test
    void few_entries_are_lost_before_the_table_is_half_full() {
        InetSocketAddress[] clients = new InetSocketAddress[100];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = randomAddress();
            recordRetry(clients[i], 0);
        }
        for (int i = 0; i < SIZE / 2; i++) {
            recordRetry(randomAddress(), 1);
        }
        int found = 0;
        for (InetSocketAddress client : clients) {
            found += recordRetry(client, 1000) ? 1 : 0;
        }
        assertThat(found).isBetween(90, 100);
    }

    @Test
    void a_full_table_evicts_the_oldest_entries_and_has_few_false_positives() {
        recordRetry(CLIENT, 0);
        int falsePositives = 0;
        for (int i = 0; i < 100 * SIZE; i++) {
            falsePositives += recordRetry(randomAddress(), 1000 + i / SIZE) ? 1 : 0;
        }
        assertThat(falsePositives).isLessThanOrEqualTo(2);
        assertThat(recordRetry(CLIENT, 1500)).isFalse();
        assertThat(recordRetry(CLIENT, 1700)).isTrue();
    }

    @Test
    void the_slot_of_an_entry_depends_on_the_seed() {
        SeededHash hash = new SeededHash(0);
        int alike = 0;
        for (int secret = 1; secret <= 1000; secret++) {
            alike += (new SeededHash(secret).of(7) & SIZE - 1) == (hash.of(7) & SIZE - 1) ? 1 : 0;
        }
        assertThat(alike).isLessThan(10);
    }
}
