package dev.lockstep.tftp.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.FigureLog;
import dev.lockstep.tftp.relay.Blackout;
import dev.lockstep.tftp.relay.RelaySettings;
import dev.lockstep.tftp.resilience.ImpairedTransfers.ImpairedTransfer;
import dev.lockstep.tftp.resilience.ImpairedTransfers.Kind;
import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the server and the client over impaired networks: every file arrives whole. The times are printed and not checked. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BadNetworkIT {
    /** Bytes: 40 blocks of 512. */
    private static final int CLASSIC_SIZE = 20_000;

    private static final NetworkImpairment LOSSY_LAN = NetworkImpairment.CLEAR.withLoss(0.2);

    private static void cross(String network, int size, int seeds, UnaryOperator<RelaySettings> how, Kind... kinds) {
        try (ImpairedTransfers transfers = new ImpairedTransfers(size)) {
            List<ImpairedTransfer> done = transfers.run(seeds, how, kinds);
            report(network, size, done);
            assertThat(done).allSatisfy(each -> assertThat(each.failure()).isNull());
        }
    }

    private static void report(String network, int size, List<ImpairedTransfer> done) {
        System.out.println(network + ", " + size + " bytes:\n" + Figures.of(done));
        done.forEach(each -> FigureLog.record(
                "transfer",
                network,
                size,
                each.kind(),
                each.seed(),
                each.seconds(),
                each.failure() == null ? "whole" : each.failure()));
    }

    @Test
    void the_classic_bad_network_is_crossed() {
        cross(
                "classic, three seeds",
                CLASSIC_SIZE,
                3,
                relay -> relay.impairment(NetworkImpairment.CLASSIC),
                Kind.values());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("soak")
    void the_classic_bad_network_is_crossed_with_two_hundred_seeds(Kind kind) {
        cross("classic, all at once", CLASSIC_SIZE, 200, relay -> relay.impairment(NetworkImpairment.CLASSIC), kind);
    }

    @Test
    @Tag("soak")
    void the_classic_bad_network_is_crossed_with_twenty_seeds() {
        cross("classic", CLASSIC_SIZE, 20, relay -> relay.impairment(NetworkImpairment.CLASSIC), Kind.values());
    }

    @Test
    void a_quick_network_that_loses_a_fifth_is_crossed() {
        cross("20 % loss each way", 1 << 20, 1, relay -> relay.impairment(LOSSY_LAN), Kind.GET_WITH_OPTIONS);
        cross("20 % loss each way", 1 << 20, 1, relay -> relay.impairment(LOSSY_LAN), Kind.PUT_WITH_OPTIONS);
    }

    @Test
    @Tag("soak")
    void a_quick_network_that_loses_a_fifth_is_crossed_with_ten_seeds_one_after_the_other() {
        List<ImpairedTransfer> all = new ArrayList<>();
        try (ImpairedTransfers transfers = new ImpairedTransfers(1 << 20)) {
            for (long seed = 1; seed <= 10; seed++) {
                long number = seed;
                UnaryOperator<RelaySettings> network =
                        relay -> relay.impairment(LOSSY_LAN).seed(number);
                all.addAll(transfers.run(1, network, Kind.GET_WITH_OPTIONS));
                all.addAll(transfers.run(1, network, Kind.PUT_WITH_OPTIONS));
            }
        }
        report("20 % loss each way, one after another", 1 << 20, all);
        assertThat(all).allSatisfy(each -> assertThat(each.failure()).isNull());
    }

    @Test
    void a_blackout_of_ten_seconds_in_the_middle_is_survived() {
        Blackout middle = new Blackout(60, Duration.ofSeconds(10));
        NetworkImpairment clear = NetworkImpairment.CLEAR.withDelay(Duration.ofMillis(2), Duration.ZERO);
        cross("10 s blackout", 200_000, 1, relay -> relay.impairment(clear).blackout(middle), Kind.values());
    }
}
