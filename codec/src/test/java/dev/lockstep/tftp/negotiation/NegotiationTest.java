package dev.lockstep.tftp.negotiation;

import static dev.lockstep.tftp.codec.TransferMode.OCTET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.Negotiation.Grant;
import dev.lockstep.tftp.negotiation.Negotiation.Terms;
import dev.lockstep.tftp.testing.ByteArraySource;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the negotiation of options. They are written {@code name=value name=value}, as in {@link Options#toString}; an
 * empty string stands for none.
 */
class NegotiationTest {
    private static final long SIZE = 5_000_000_000L;
    private static final TransferLimits LIMITS = TransferLimits.DEFAULT;

    private static Options options(String text) {
        Options options = Options.NONE;
        for (String pair : text == null ? new String[0] : text.split(" ")) {
            String[] parts = pair.split("=", 2);
            options = options.with(parts[0], parts[1].replace('_', ' '));
        }
        return options;
    }

    private static Grant read(String asked, TransferLimits limits) {
        return answer(new ReadRequest("f", OCTET, options(asked)), limits, SIZE);
    }

    private static Grant write(String asked, TransferLimits limits) {
        return answer(new WriteRequest("f", OCTET, options(asked)), limits, Source.UNKNOWN_SIZE);
    }

    private static Grant answer(Request request, TransferLimits limits, long size) {
        return Negotiation.answer(
                Terms.of(request, limits, Quirks.NONE, new ByteArraySource(new byte[0]).claiming(size)));
    }

    private static TransferSettings accept(String asked, String oack) throws TftpException {
        return Negotiation.accept(options(asked), options(oack));
    }

    /** The options that a server without special limits grants for a read request. */
    @ParameterizedTest
    @CsvSource({
        // blksize: 8 to 65464, larger values are reduced to the maximum, smaller values are left out
        "blksize=8, blksize=8",
        "blksize=7,",
        "blksize=0,",
        "blksize=512, blksize=512",
        "blksize=1468, blksize=1468",
        "blksize=65464, blksize=65464",
        "blksize=65465, blksize=65464",
        "blksize=99999999999, blksize=65464",
        "blksize=9223372036854775807, blksize=65464",
        // windowsize: 1 to 65535, then at most 64 blocks or 96 KiB
        "windowsize=1, windowsize=1",
        "windowsize=64, windowsize=64",
        "windowsize=65, windowsize=64",
        "windowsize=65535, windowsize=64",
        "windowsize=65536,",
        "windowsize=0,",
        // timeout: 1 to 255 seconds, exactly; utimeout: 10 ms to 255 s
        "timeout=1, timeout=1",
        "timeout=255, timeout=255",
        "timeout=0,",
        "timeout=256,",
        "utimeout=10000, utimeout=10000",
        "utimeout=255000000, utimeout=255000000",
        "utimeout=9999,",
        "utimeout=255000001,",
        // tsize: the actual size in 64 bits, for any requested value
        "tsize=0, tsize=5000000000",
        "tsize=12345, tsize=5000000000",
        // blksize2: a power of two
        "blksize2=8, blksize2=8",
        "blksize2=7,",
        "blksize2=1023, blksize2=512",
        "blksize2=1024, blksize2=1024",
        "blksize2=65464, blksize2=32768",
        "blksize2=99999999, blksize2=32768",
        // rollover: 0 or 1
        "rollover=0, rollover=0",
        "rollover=1, rollover=1",
        "rollover=2,",
        // anything else
        "msftwindow=31416,",
        "multicast=,",
        "x=y blksize=1024 z=, blksize=1024"
    })
    void an_option_is_granted_or_left_out(String asked, String granted) {
        assertThat(read(asked, LIMITS).oack()).hasToString(granted == null ? "" : granted);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("case-26")
    void case26_an_option_value_that_is_not_a_number_is_left_out(KnownOption option) {
        String name = option.key();
        String[] values = {"", "abc", "-1", "+1", "_1", "1_", "1x", "0x1", "1.0", "18446744073709551617", "٣"};
        for (String value : values) {
            String asked = name + "=" + value + " timeout=9".repeat(name.equals("timeout") ? 0 : 1);
            Grant grant = read(asked, LIMITS);
            assertThat(grant.oack()).as(asked).isEqualTo(options(name.equals("timeout") ? null : "timeout=9"));
            assertThat(grant.settings().blksize()).isEqualTo(512);
            assertThat(grant.settings().windowsize()).isEqualTo(1);
            assertThat(grant.settings().rollover()).isZero();
        }
    }

    @Test
    @Tag("case-23")
    void case23_nothing_is_granted_without_an_oack() {
        Grant grant = read("msftwindow=31416 multicast= blksize=7", LIMITS);
        assertThat(grant.oack().isEmpty()).isTrue();
        assertThat(grant.settings())
                .isEqualTo(TransferSettings.builder().tsize(SIZE).build());
        assertThat(write("multicast=", LIMITS).settings()).isEqualTo(TransferSettings.PLAIN);
    }

    @Test
    @Tag("case-F2")
    void f02_a_request_without_options_gets_no_oack() {
        assertThat(read(null, LIMITS).oack().isEmpty()).isTrue();
        assertThat(write(null, LIMITS).oack().isEmpty()).isTrue();
        assertThat(write(null, LIMITS).settings()).isEqualTo(TransferSettings.PLAIN);
    }

    @Test
    @Tag("case-F2")
    void f02_windowsize_may_come_without_blksize() {
        Grant grant = read("windowsize=4", LIMITS);
        assertThat(grant.oack()).hasToString("windowsize=4");
        assertThat(grant.settings())
                .isEqualTo(TransferSettings.builder().windowsize(4).tsize(SIZE).build());
    }

    @Test
    @Tag("case-24")
    void case24_an_option_is_echoed_under_the_name_the_client_wrote() {
        Grant grant = read("TSize=0 BLKSIZE=1428 WindowSize=4", LIMITS);
        assertThat(grant.oack()).hasToString("TSize=" + SIZE + " BLKSIZE=1428 WindowSize=4");
        assertThat(grant.settings())
                .isEqualTo(TransferSettings.builder()
                        .blksize(1428)
                        .windowsize(4)
                        .tsize(SIZE)
                        .build());
    }

    @Test
    @Tag("case-25")
    void case25_an_option_given_twice_is_echoed_once_and_the_first_counts() {
        assertThat(read("blksize=1024 BLKSIZE=512 blksize=8", LIMITS).oack()).hasToString("blksize=1024");
        assertThat(read("blksize=1 blksize=512", LIMITS).oack().isEmpty()).isTrue();
    }

    @Test
    @Tag("case-22")
    void case22_an_option_that_was_not_requested_is_not_granted() {
        assertThat(read("timeout=5", LIMITS).oack()).hasToString("timeout=5");
        assertThat(write("timeout=5", LIMITS.withBlksize(8)).oack()).hasToString("timeout=5");
        assertThat(read("blks\u0131ze=1024", LIMITS).settings().blksize()).isEqualTo(512);
    }

    @ParameterizedTest
    @CsvSource({"1500, false, 1468", "1500, true, 1448", "65536, false, 65464", "576, false, 544", "30, false, 8"})
    @Tag("case-27")
    void case27_blksize_is_limited_by_the_path_mtu(int mtu, boolean ipv6, int granted) {
        assertThat(read("blksize=65464", LIMITS.forPath(mtu, ipv6)).oack()).hasToString("blksize=" + granted);
    }

    @Test
    @Tag("case-27")
    void case27_blksize_is_the_minimum_of_the_request_and_both_limits() {
        TransferLimits server = LIMITS.withBlksize(1024);
        assertThat(read("blksize=65464", server.forPath(1500, false)).oack()).hasToString("blksize=1024");
        assertThat(read("blksize=1428", server.forPath(576, false)).oack()).hasToString("blksize=544");
        assertThat(read("blksize=300", server.forPath(576, false)).oack()).hasToString("blksize=300");
        assertThat(read("blksize=7", server).oack().isEmpty()).isTrue();
        assertThat(read("blksize2=65464", LIMITS.forPath(1500, false)).oack()).hasToString("blksize2=1024");
    }

    @Test
    void a_limit_below_512_does_not_apply_without_the_option() {
        assertThat(read(null, LIMITS.withBlksize(100)).settings().blksize()).isEqualTo(512);
    }

    @Test
    void blksize_takes_precedence_over_blksize2() {
        Grant grant = read("blksize2=1024 blksize=1428", LIMITS);
        assertThat(grant.oack()).hasToString("blksize=1428");
        assertThat(grant.settings().blksize()).isEqualTo(1428);
        assertThat(read("blksize=abc blksize2=1024", LIMITS).oack()).hasToString("blksize2=1024");
    }

    @Test
    @Tag("case-28")
    void case28_a_negotiated_timeout_applies_to_the_server() {
        assertThat(read("timeout=7", LIMITS).settings().timeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(write("timeout=255", LIMITS).settings().timeout()).isEqualTo(Duration.ofSeconds(255));
        assertThat(read("timeout=256", LIMITS).settings().timeout()).isZero();
        assertThat(read("utimeout=10001", LIMITS).settings().timeout()).isEqualTo(Duration.ofNanos(10_001_000));
    }

    @Test
    @Tag("case-29")
    void case29_two_timeouts_are_both_echoed_and_the_last_one_applies() {
        Grant micros = read("timeout=2 utimeout=500000", LIMITS);
        assertThat(micros.oack()).hasToString("timeout=2 utimeout=500000");
        assertThat(micros.settings().timeout()).isEqualTo(Duration.ofMillis(500));
        Grant seconds = read("utimeout=500000 timeout=2", LIMITS);
        assertThat(seconds.oack()).hasToString("utimeout=500000 timeout=2");
        assertThat(seconds.settings().timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(read("timeout=2 utimeout=1", LIMITS).settings().timeout()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    @Tag("case-30")
    void case30_an_unknown_size_is_left_out() {
        ReadRequest request = new ReadRequest("f", OCTET, options("tsize=0 timeout=1"));
        Grant grant = answer(request, LIMITS, Source.UNKNOWN_SIZE);
        assertThat(grant.oack()).hasToString("timeout=1");
        assertThat(grant.settings().tsize()).isEqualTo(Source.UNKNOWN_SIZE);
    }

    @Test
    @Tag("case-31")
    void case31_a_tsize_other_than_0_is_answered_with_the_actual_size() {
        assertThat(read("tsize=77", LIMITS).oack()).hasToString("tsize=" + SIZE);
        assertThat(read("tsize=77", LIMITS).settings().tsize()).isEqualTo(SIZE);
    }

    @Test
    @Tag("case-F3")
    void f03_an_empty_file_has_the_size_0() {
        ReadRequest request = new ReadRequest("f", OCTET, options("tsize=0"));
        assertThat(answer(request, LIMITS, 0).oack()).hasToString("tsize=0");
    }

    @Test
    @Tag("case-33")
    void case33_the_tsize_of_a_write_is_echoed() {
        Grant grant = write("tsize=123456789012", LIMITS);
        assertThat(grant.oack()).hasToString("tsize=123456789012");
        assertThat(grant.settings().tsize()).isEqualTo(123_456_789_012L);
        assertThat(write("tsize=0", LIMITS).oack()).hasToString("tsize=0");
        assertThat(write("tsize=-1", LIMITS).settings().tsize()).isEqualTo(Source.UNKNOWN_SIZE);
    }

    @ParameterizedTest
    @CsvSource({
        "512, 65535, 64",
        "1428, 64, 64",
        "8192, 64, 12",
        "65464, 64, 1",
        "1428, 3, 3",
    })
    @Tag("case-47")
    void case47_a_window_is_limited_in_blocks_and_in_bytes(int blksize, int asked, int granted) {
        String request = "windowsize=" + asked + " blksize=" + blksize; // even where blksize comes after it
        Grant grant = read(request, LIMITS.withWindow(64, 96 * 1024));
        assertThat(grant.oack()).hasToString("windowsize=" + granted + " blksize=" + blksize);
        assertThat(grant.settings().windowsize()).isEqualTo(granted);
    }

    @Test
    @Tag("case-47")
    void case47_a_window_is_never_0() {
        assertThat(read("windowsize=8", LIMITS.withWindow(64, 1)).oack()).hasToString("windowsize=1");
        assertThat(read("windowsize=0", LIMITS).settings().windowsize()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"32767, 32767", "32768, 32767", "65535, 32767"})
    @Tag("case-10")
    void case10_no_window_above_half_the_block_numbers_is_granted(int asked, int granted) {
        TransferLimits widest = LIMITS.withWindow(32_767, 1 << 30);
        assertThat(read("windowsize=" + asked, widest).oack()).hasToString("windowsize=" + granted);
        assertThat(write("windowsize=" + asked, widest).settings().windowsize()).isEqualTo(granted);
    }

    @Test
    @Tag("case-10")
    void case10_no_window_above_half_the_block_numbers_is_accepted() throws TftpException {
        assertThat(accept("windowsize=32767", "windowsize=32767").windowsize()).isEqualTo(32_767);
        assertRefused("windowsize=65535", "windowsize=32768");
    }

    @Test
    @Tag("case-48")
    void case48_a_write_gets_a_window_by_the_same_rule() {
        assertThat(write("windowsize=65535", LIMITS).oack()).hasToString("windowsize=64");
        assertThat(write("blksize=8192 windowsize=16", LIMITS).oack()).hasToString("blksize=8192 windowsize=12");
        assertThat(write("windowsize=0", LIMITS).oack().isEmpty()).isTrue();
    }

    @Test
    void the_client_accepts_requested_options() throws TftpException {
        String asked = "blksize=1428 windowsize=64 timeout=3 tsize=0 rollover=1";
        assertThat(accept(asked, "blksize=1428 windowsize=64 timeout=3 tsize=" + SIZE + " rollover=1"))
                .isEqualTo(TransferSettings.builder()
                        .blksize(1428)
                        .windowsize(64)
                        .timeout(Duration.ofSeconds(3))
                        .tsize(SIZE)
                        .rollover(1)
                        .build());
        assertThat(accept(asked, "WINDOWSIZE=1 BlkSize=8"))
                .isEqualTo(TransferSettings.builder().blksize(8).build());
        assertThat(accept("utimeout=10000 blksize2=1024", "utimeout=10000 blksize2=512"))
                .isEqualTo(TransferSettings.builder()
                        .timeout(Duration.ofMillis(10))
                        .build());
    }

    @Test
    @Tag("case-68")
    void case68_an_option_that_is_not_granted_has_its_default() throws TftpException {
        assertThat(accept("blksize=8 tsize=0", "tsize=4").blksize()).isEqualTo(512);
        assertThat(accept("blksize=8 windowsize=9", null)).isEqualTo(TransferSettings.PLAIN);
    }

    @Test
    @Tag("case-29")
    void case29_the_client_applies_the_last_timeout_of_its_request_in_any_order_of_the_oack() throws TftpException {
        assertThat(accept("timeout=2 utimeout=500000", "utimeout=500000 timeout=2")
                        .timeout())
                .isEqualTo(Duration.ofMillis(500));
        assertThat(accept("timeout=2 utimeout=500000", "timeout=2").timeout()).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({
        "blksize=1428, tsize=4",
        "blksize=1428, blksize=1428 windowsize=2",
        "blksize=1428, blksize=1429",
        "blksize=1428, blksize=7",
        "blksize=65464, blksize=65465",
        "windowsize=4, windowsize=5",
        "windowsize=4, windowsize=0",
        "timeout=3, timeout=4",
        "timeout=3, timeout=2",
        "utimeout=10000, utimeout=10001",
        "rollover=0, rollover=1",
        "blksize2=1024, blksize2=2048",
        "tsize=0, multicast=",
        ", blksize=512",
    })
    @Tag("case-22")
    void case22_the_client_refuses_options_it_did_not_request(String asked, String oack) {
        assertRefused(asked, oack);
    }

    @ParameterizedTest
    @CsvSource({
        "blksize=1428, blksize=99999999999",
        "blksize=1428, blksize=-1",
        "blksize=1428, blksize=",
        "blksize=1428, blksize=1428x",
        "windowsize=4, windowsize=",
        "windowsize=4, windowsize=-4",
        "timeout=3, timeout=",
        "timeout=3, timeout=3s",
        "tsize=0, tsize=",
        "tsize=0, tsize=-1",
        "tsize=0, tsize=99999999999999999999",
        "rollover=0, rollover=",
    })
    @Tag("case-67")
    void case67_the_client_refuses_an_invalid_value(String asked, String oack) {
        assertRefused(asked, oack);
    }

    @ParameterizedTest
    @CsvSource({
        ", 512, 1",
        "blksize=1428 windowsize=64, 1428, 64",
        "BLKSIZE=99999 windowsize=65535, 65464, 32767",
        "blksize2=5000, 4096, 1",
        "blksize2=4096 blksize=512 windowsize=0 multicast=, 512, 1",
    })
    void the_largest_block_and_window_that_a_request_allows(String asked, int blksize, int windowsize) {
        TransferSettings requested = Negotiation.settingsOf(options(asked));
        assertThat(requested.blksize()).isEqualTo(blksize);
        assertThat(requested.windowsize()).isEqualTo(windowsize);
    }

    private static void assertRefused(String asked, String oack) {
        TftpException refusal = catchThrowableOfType(TftpException.class, () -> accept(asked, oack));
        assertThat(refusal).as("%s -> %s", asked, oack).isNotNull();
        assertThat(refusal.is(ErrorCode.OPTION_REFUSED)).isTrue();
        assertThat(refusal.isFromPeer()).isFalse();
    }

    /** A client of this library accepts each grant of a server of this library. */
    @Test
    void the_client_accepts_each_grant_of_the_server() throws TftpException {
        TransferLimits[] limits = {LIMITS, LIMITS.withBlksize(100).withWindow(3, 1 << 20), LIMITS.forPath(1500, true)};
        for (TransferLimits limit : limits) {
            for (int blksize : new int[] {8, 99, 512, 1428, 65_464}) {
                for (int window : new int[] {1, 2, 64, 65_535}) {
                    String asked = "blksize=" + blksize + " windowsize=" + window + " timeout=9 tsize=0";
                    Grant grant = read(asked, limit);
                    assertThat(Negotiation.accept(options(asked), grant.oack()))
                            .as(asked)
                            .isEqualTo(grant.settings());
                }
            }
        }
    }

    @Test
    void a_size_announced_modulo_4_gib_is_the_size_of_the_file() {
        long gib = 1L << 30;
        assertThat(announced(5 * gib + 7).isSizeOtherThan(5 * gib + 7)).isFalse();
        assertThat(announced(gib + 7).isSizeOtherThan(5 * gib + 7)).isFalse();
        assertThat(announced(gib + 7).isSizeOtherThan(9 * gib + 7)).isFalse();
        assertThat(announced(gib + 7).isSizeOtherThan(5 * gib + 8)).isTrue();
        assertThat(announced(gib + 7).isSizeOtherThan(gib)).isTrue();
        assertThat(announced(5 * gib + 7).isSizeOtherThan(gib + 7))
                .as("truncated")
                .isTrue();
        assertThat(announced(5 * gib + 7).isSizeOtherThan(9 * gib + 7)).isTrue();
    }

    private static TransferSettings announced(long size) {
        return TransferSettings.builder().tsize(size).build();
    }

    @Test
    void limits_and_settings_reject_invalid_values() {
        assertThatThrownBy(() -> LIMITS.withBlksize(7))
                .hasMessageContaining("7")
                .hasMessageContaining("expected");
        assertThatThrownBy(() -> LIMITS.withBlksize(65_465)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LIMITS.withWindow(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LIMITS.withWindow(32_768, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LIMITS.withWindow(1, 0)).isInstanceOf(IllegalArgumentException.class);
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> LIMITS.withTimes(second.negated(), second, second))
                .hasMessageContaining("timeout");
        assertThatThrownBy(() -> LIMITS.withTimes(second, Duration.ZERO, second))
                .hasMessageContaining("give-up");
        assertThatThrownBy(() -> LIMITS.withTimes(second, second, second.negated()))
                .hasMessageContaining("dally");
        assertThatThrownBy(() -> TransferSettings.builder()
                        .blksize(7)
                        .timeout(second)
                        .tsize(0)
                        .build())
                .hasMessageContaining("blksize: 7");
        assertThatThrownBy(() -> TransferSettings.builder()
                        .blksize(8)
                        .windowsize(0)
                        .timeout(second)
                        .tsize(0)
                        .build())
                .hasMessageContaining("windowsize: 0");
        assertThatThrownBy(() -> TransferSettings.builder()
                        .blksize(8)
                        .windowsize(32_768)
                        .timeout(second)
                        .tsize(0)
                        .build())
                .hasMessageContaining("windowsize: 32768 (expected: 1 to 32767)");
        assertThatThrownBy(() -> TransferSettings.builder()
                        .blksize(8)
                        .timeout(second)
                        .tsize(0)
                        .rollover(2)
                        .build())
                .hasMessageContaining("rollover: 2");
    }

    @Test
    void the_size_of_a_file_is_unknown_in_netascii_and_for_a_write() {
        Source file = new ByteArraySource(new byte[5]);
        Request octet = new ReadRequest("f", OCTET, options("tsize=0"));
        Request netascii = new ReadRequest("f", TransferMode.NETASCII, options("tsize=0"));
        Request write = new WriteRequest("f", OCTET, options("tsize=5"));
        assertThat(Terms.of(octet, TransferLimits.DEFAULT, Quirks.NONE, file).size())
                .isEqualTo(5);
        assertThat(Terms.of(netascii, TransferLimits.DEFAULT, Quirks.NONE, file).size())
                .isEqualTo(Source.UNKNOWN_SIZE);
        assertThat(Terms.of(write, TransferLimits.DEFAULT, Quirks.NONE, null).size())
                .isEqualTo(Source.UNKNOWN_SIZE);
    }
}
