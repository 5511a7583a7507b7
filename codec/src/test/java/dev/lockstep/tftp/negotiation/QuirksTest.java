package dev.lockstep.tftp.negotiation;

import static dev.lockstep.tftp.codec.TransferMode.OCTET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.negotiation.Negotiation.Grant;
import dev.lockstep.tftp.negotiation.Negotiation.Terms;
import dev.lockstep.tftp.testing.ByteArraySource;
import org.junit.jupiter.api.Test;

class QuirksTest {
    private static final Options REQUESTED =
            Options.NONE.with("TSize", 0).with("blksize", 1468).with("windowsize", 4);

    private static Grant answer(Options asked, Quirks quirks) {
        return Negotiation.answer(Terms.of(
                new ReadRequest("f", OCTET, asked),
                TransferLimits.DEFAULT,
                quirks,
                new ByteArraySource(new byte[700])));
    }

    @Test
    void without_quirks_all_options_are_granted() {
        assertThat(answer(REQUESTED, Quirks.NONE).oack()).hasToString("TSize=700 blksize=1468 windowsize=4");
    }

    @Test
    void an_ignored_option_is_matched_in_any_case_and_the_others_keep_their_order() {
        Grant grant = answer(REQUESTED, Quirks.without(KnownOption.TSIZE));
        assertThat(grant.oack()).hasToString("blksize=1468 windowsize=4");
        assertThat(grant.settings().tsize()).isEqualTo(700);
    }

    @Test
    void a_server_that_ignores_all_options_follows_rfc_1350() {
        Grant grant = answer(REQUESTED, Quirks.NO_OPTIONS);
        assertThat(grant.oack()).isEqualTo(Options.NONE);
        assertThat(grant.settings().blksize()).isEqualTo(512);
        assertThat(grant.settings().windowsize()).isEqualTo(1);
    }

    @Test
    void a_limit_of_blksize_never_raises_the_requested_value() {
        assertThat(answer(REQUESTED, Quirks.blksizeUpTo(1024)).oack())
                .hasToString("TSize=700 blksize=1024 windowsize=4");
        assertThat(answer(REQUESTED, Quirks.blksizeUpTo(9000)).oack())
                .hasToString("TSize=700 blksize=1468 windowsize=4");
    }

    @Test
    void blocks_roll_over_to_1_unless_the_client_asks_for_0() {
        assertThat(answer(REQUESTED, Quirks.ROLLOVER_TO_1).settings().rollover())
                .isEqualTo(1);
        assertThat(answer(REQUESTED.with("rollover", 0), Quirks.ROLLOVER_TO_1)
                        .settings()
                        .rollover())
                .isZero();
    }

    @Test
    void quirks_can_be_combined() {
        Quirks all = Quirks.blksizeUpTo(1024)
                .and(Quirks.blksizeUpTo(1432))
                .and(Quirks.without(KnownOption.TSIZE))
                .and(Quirks.without(KnownOption.WINDOWSIZE))
                .and(Quirks.ROLLOVER_TO_1);
        assertThat(answer(REQUESTED, all).oack()).hasToString("blksize=1024");
        assertThat(all.rollover()).isEqualTo(1);
        assertThat(all.and(Quirks.NO_OPTIONS).ignoresAllOptions()).isTrue();
    }

    @Test
    void quirks_describe_themselves() {
        assertThat(Quirks.NONE.describe()).isEmpty();
        assertThat(Quirks.NO_OPTIONS.describe()).isEqualTo("all options are ignored, as before RFC 2347");
        assertThat(Quirks.ROLLOVER_TO_1.describe()).isEqualTo("block 1 follows 65535");
        assertThat(Quirks.without(KnownOption.UTIMEOUT, KnownOption.TIMEOUT).describe())
                .isEqualTo("timeout and utimeout are left out");
        assertThat(Quirks.blksizeUpTo(1432)
                        .and(Quirks.without(KnownOption.TSIZE))
                        .describe())
                .isEqualTo("blksize up to 1432, tsize is left out");
    }

    @Test
    void an_invalid_block_size_is_rejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quirks.blksizeUpTo(7))
                .withMessage("blksize: 7 (expected: 8 to 65464)");
    }
}
