package dev.lockstep.tftp.codec;

import static dev.lockstep.tftp.codec.TransferMode.NETASCII;
import static dev.lockstep.tftp.codec.TransferMode.OCTET;
import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TftpCodecTest {
    private static final Options NONE = Options.NONE;

    /** Returns each message with its encoding, which is the same in both directions. */
    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of(new ReadRequest("pxe.0", OCTET, NONE), bytes(0, 1, "pxe.0", 0, "octet", 0)),
                Arguments.of(new WriteRequest("up.cfg", NETASCII, NONE), bytes(0, 2, "up.cfg", 0, "netascii", 0)),
                Arguments.of(
                        new ReadRequest("pxe.0", OCTET, NONE.with("tsize", 0).with("blksize", 1468)),
                        bytes(0, 1, "pxe.0", 0, "octet", 0, "tsize", 0, "0", 0, "blksize", 0, "1468", 0)),
                Arguments.of(
                        new WriteRequest("a b/ü", OCTET, NONE.with("X-odd", "")),
                        bytes(0, 2, "a b/ü", 0, "octet", 0, "X-odd", 0, 0)),
                Arguments.of(new Data(1, Unpooled.copiedBuffer(new byte[] {7, 0, 9})), bytes(0, 3, 0, 1, 7, 0, 9)),
                Arguments.of(new Data(65_535, Unpooled.EMPTY_BUFFER), bytes(0, 3, 255, 255)),
                Arguments.of(new Ack(0), bytes(0, 4, 0, 0)),
                Arguments.of(new Ack(65_535), bytes(0, 4, 255, 255)),
                Arguments.of(new ErrorMessage(1, "file not found"), bytes(0, 5, 0, 1, "file not found", 0)),
                Arguments.of(new ErrorMessage(0x8001, ""), bytes(0, 5, 128, 1, 0)),
                Arguments.of(new OptionAck(NONE), bytes(0, 6)),
                Arguments.of(
                        new OptionAck(NONE.with("timeout", 1).with("windowsize", 65_535)),
                        bytes(0, 6, "timeout", 0, "1", 0, "windowsize", 0, "65535", 0)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void a_message_is_decoded_from_its_bytes(TftpMessage message, ByteBuf wire) throws MalformedMessageException {
        TftpMessage read = TftpCodec.decode(wire.duplicate());
        assertThat(read).isEqualTo(message);
        ReferenceCountUtil.release(read);
        assertThat(wire.refCnt()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void a_message_is_encoded_as_its_bytes(TftpMessage message, ByteBuf wire) {
        ByteBuf written = TftpCodec.encode(message, ByteBufAllocator.DEFAULT);
        assertThat(ByteBufUtil.hexDump(written)).isEqualTo(ByteBufUtil.hexDump(wire));
        written.release();
        if (message instanceof Request request) {
            assertThat(TftpCodec.encodedLength(request)).isEqualTo(wire.readableBytes());
        }
        if (message instanceof Data data) {
            assertThat(data.content().readerIndex()).isZero();
        }
    }

    /**
     * Each truncation is decoded as a message of the same type or rejected. No other exception is thrown, and no buffer
     * leaks.
     */
    @ParameterizedTest
    @MethodSource("messages")
    void each_truncation_of_a_message_is_decoded_safely(TftpMessage message, ByteBuf wire) {
        for (Strictness strictness : Strictness.values()) {
            for (int length = 0; length < wire.readableBytes(); length++) {
                ByteBuf cut = wire.copy(0, length);
                try {
                    TftpMessage read = TftpCodec.decode(cut, strictness);
                    assertThat(read).as("%d bytes", length).hasSameClassAs(message);
                    assertThat(length).isGreaterThanOrEqualTo(2);
                    ReferenceCountUtil.release(read);
                } catch (MalformedMessageException e) {
                    boolean isRequest = message instanceof Request && length >= 2;
                    assertThat(e.isRequest()).as("%d bytes", length).isEqualTo(isRequest);
                }
                assertThat(cut.refCnt()).isEqualTo(1);
                cut.release();
            }
        }
    }

    @Test
    void random_datagrams_are_decoded_or_rejected_and_leak_nothing() throws MalformedMessageException {
        SplittableRandom random = new SplittableRandom(1350);
        int refused = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] datagram = randomDatagram(random);
            ByteBuf wire = Unpooled.wrappedBuffer(datagram);
            Strictness strictness = random.nextBoolean() ? Strictness.STRICT : Strictness.TOLERANT;
            try {
                ReferenceCountUtil.release(TftpCodec.decode(wire, strictness));
            } catch (MalformedMessageException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("round " + round + ": " + ByteBufUtil.hexDump(datagram), e);
            }
            if (wire.refCnt() != 1) {
                throw new AssertionError("round " + round + " leaks: " + ByteBufUtil.hexDump(datagram));
            }
        }
        assertThat(refused).isBetween(50_000, 199_000);
    }

    /** Returns random bytes that often resemble a request: short words, NULs and valid opcodes. */
    private static byte[] randomDatagram(SplittableRandom random) {
        byte[] datagram = new byte[random.nextInt(random.nextInt(20) == 0 ? 700 : 40)];
        random.nextBytes(datagram);
        if (datagram.length > 2 && random.nextInt(4) > 0) {
            datagram[0] = 0;
            datagram[1] = (byte) random.nextInt(9);
            byte[] alphabet = "\0\0octeNETASI19".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            for (int i = 2; i < datagram.length; i++) {
                if (random.nextInt(8) > 0) {
                    datagram[i] = alphabet[random.nextInt(alphabet.length)];
                }
            }
            byte[] mode = "\0oCtEt\0".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            if (datagram.length > 12 && random.nextBoolean()) {
                System.arraycopy(mode, 0, datagram, 3, mode.length);
            }
        }
        return datagram;
    }

    @Test
    void a_random_message_survives_encoding_and_decoding() throws MalformedMessageException {
        SplittableRandom random = new SplittableRandom(2347);
        for (int round = 0; round < 5_000; round++) {
            Options options = NONE;
            for (int count = random.nextInt(6); count > 0; count--) {
                options = options.with("option" + random.nextInt(9), text(random, 0));
            }
            TftpMessage message = switch (random.nextInt(4)) {
                case 0 -> new ReadRequest(text(random, 1), OCTET, options);
                case 1 -> new WriteRequest(text(random, 1), NETASCII, options);
                case 2 -> new OptionAck(options);
                default -> new ErrorMessage(random.nextInt(65_536), text(random, 0));
            };
            ByteBuf wire = TftpCodec.encode(message, ByteBufAllocator.DEFAULT);
            assertThat(TftpCodec.decode(wire)).as("round %d", round).isEqualTo(message);
            wire.release();
        }
    }

    private static String text(SplittableRandom random, int least) {
        String letters = "aZ9./\\ -_äßж😀";
        StringBuilder text = new StringBuilder();
        for (int left = least + random.nextInt(12); left > 0; left--) {
            text.appendCodePoint(letters.codePointAt(letters.offsetByCodePoints(0, random.nextInt(13))));
        }
        return text.toString();
    }

    @Test
    @Tag("case-24")
    void case24_mode_and_option_names_are_case_insensitive_and_keep_their_case() throws MalformedMessageException {
        ByteBuf wire = bytes(0, 1, "pxe.0", 0, "Octet", 0, "BLKSIZE", 0, "1428", 0);
        Request request = (Request) TftpCodec.decode(wire);
        assertThat(request).isEqualTo(new ReadRequest("pxe.0", OCTET, NONE.with("blksize", 1428)));
        assertThat(request.options().iterator().next().name()).isEqualTo("BLKSIZE");
    }

    @Test
    @Tag("case-25")
    void case25_the_first_of_two_equal_options_counts() throws MalformedMessageException {
        ByteBuf wire = bytes(0, 1, "f", 0, "octet", 0, "blksize", 0, "8", 0, "BlkSize", 0, "9", 0, "tsize", 0, "0", 0);
        Request request = (Request) TftpCodec.decode(wire);
        assertThat(request.options()).isEqualTo(NONE.with("blksize", 8).with("tsize", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "-1", "+5", " 5", "5 ", "0x10", "1e3", "99999999999999999999", "٥"})
    @Tag("case-26")
    void case26_an_option_value_that_is_not_a_number_does_not_invalidate_the_request(String value)
            throws MalformedMessageException {
        ByteBuf wire = bytes(0, 1, "f", 0, "octet", 0, "blksize", 0, value, 0, "tsize", 0, "0", 0);
        Request request = (Request) TftpCodec.decode(wire);
        assertThat(request.options().value("blksize")).contains(value);
        assertThat(request.options().number("blksize", 0, Long.MAX_VALUE)).isEmpty();
        assertThat(request.options().number("tsize", 0, Long.MAX_VALUE)).hasValue(0);
    }

    @Test
    @Tag("case-40")
    void case40_a_short_datagram_or_an_unknown_opcode_is_malformed_and_no_request() {
        List<ByteBuf> datagrams = List.of(
                bytes(),
                bytes(0),
                bytes(4),
                bytes(0, 0),
                bytes(0, 0, 0, 1),
                bytes(0, 7, 0, 1),
                bytes(1, 1, "f", 0, "octet", 0),
                bytes(255, 255, 255, 255),
                bytes(0, 3),
                bytes(0, 3, 1),
                bytes(0, 4),
                bytes(0, 4, 1),
                bytes(0, 5),
                bytes(0, 5, 0));
        for (ByteBuf datagram : datagrams) {
            MalformedMessageException refusal =
                    catchThrowableOfType(MalformedMessageException.class, () -> TftpCodec.decode(datagram));
            assertThat(refusal).as(ByteBufUtil.hexDump(datagram)).isNotNull();
            assertThat(refusal.isRequest()).isFalse();
        }
    }

    @Test
    void bytes_after_an_ack_are_ignored() throws MalformedMessageException {
        assertThat(TftpCodec.decode(bytes(0, 4, 1, 2, 9, 9, 9))).isEqualTo(new Ack(0x0102));
    }

    @Test
    @Tag("case-52")
    void case52_an_empty_file_name_is_malformed() {
        assertMalformedRequest(bytes(0, 1, 0, "octet", 0), "file name");
        assertMalformedRequest(bytes(0, 2, 0, "octet", 0), "file name");
        assertThatThrownBy(() -> TftpCodec.decode(bytes(0, 1, 0, "octet", 0), Strictness.TOLERANT))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    @Tag("case-53")
    void case53_a_name_or_mode_without_its_nul_is_malformed() {
        assertMalformedRequest(bytes(0, 1), "file name");
        assertMalformedRequest(bytes(0, 1, "f"), "file name");
        assertMalformedRequest(bytes(0, 1, "f", 0), "mode");
        assertMalformedRequest(bytes(0, 1, "f", 0, "octet"), "mode");
        assertMalformedRequest(bytes(0, 2, "f", 0, "netascii"), "mode");
    }

    @Test
    @Tag("case-53")
    void case53_an_incomplete_pair_of_option_strings_is_dropped() throws MalformedMessageException {
        ReadRequest plain = new ReadRequest("f", OCTET, NONE);
        ReadRequest asked = new ReadRequest("f", OCTET, NONE.with("tsize", 0));
        assertThat(TftpCodec.decode(bytes(0, 1, "f", 0, "octet", 0, "blksize"))).isEqualTo(plain);
        assertThat(TftpCodec.decode(bytes(0, 1, "f", 0, "octet", 0, "blksize", 0)))
                .isEqualTo(plain);
        assertThat(TftpCodec.decode(bytes(0, 1, "f", 0, "octet", 0, "blksize", 0, "1428")))
                .isEqualTo(plain);
        assertThat(TftpCodec.decode(bytes(0, 1, "f", 0, "octet", 0, "tsize", 0, "0", 0, "blksize", 0)))
                .isEqualTo(asked);
        assertThat(TftpCodec.decode(bytes(0, 6, "tsize", 0, "9", 0, "blksize", 0)))
                .isEqualTo(new OptionAck(NONE.with("tsize", 9)));
    }

    @Test
    @Tag("case-53")
    void case53_nuls_after_the_last_value_are_ignored() throws MalformedMessageException {
        assertThat(TftpCodec.decode(bytes(0, 1, "f", 0, "octet", 0, 0, 0, 0)))
                .isEqualTo(new ReadRequest("f", OCTET, NONE));
        assertThat(TftpCodec.decode(bytes(0, 6, "tsize", 0, "9", 0, 0, 0)))
                .isEqualTo(new OptionAck(NONE.with("tsize", 9)));
    }

    @Test
    @Tag("case-53")
    void case53_tolerant_decoding_accepts_a_missing_last_nul() throws MalformedMessageException {
        ByteBuf mode = bytes(0, 1, "f", 0, "octet");
        assertThat(TftpCodec.decode(mode, Strictness.TOLERANT)).isEqualTo(new ReadRequest("f", OCTET, NONE));
        ByteBuf value = bytes(0, 1, "f", 0, "octet", 0, "blksize", 0, "1428");
        assertThat(TftpCodec.decode(value, Strictness.TOLERANT))
                .isEqualTo(new ReadRequest("f", OCTET, NONE.with("blksize", 1428)));
        assertThatThrownBy(() -> TftpCodec.decode(bytes(0, 1, "f"), Strictness.TOLERANT))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    @Tag("case-54")
    void case54_a_request_of_512_bytes_is_decoded_and_one_of_513_is_malformed() throws MalformedMessageException {
        int overhead = 2 + 1 + "octet".length() + 1;
        String longest = "x".repeat(512 - overhead);
        assertThat(TftpCodec.decode(bytes(0, 1, longest, 0, "octet", 0)))
                .isEqualTo(new ReadRequest(longest, OCTET, NONE));
        ByteBuf tooLong = bytes(0, 1, longest + "x", 0, "octet", 0);
        assertMalformedRequest(tooLong.duplicate(), "513");
        assertThat(TftpCodec.decode(tooLong, Strictness.TOLERANT))
                .isEqualTo(new ReadRequest(longest + "x", OCTET, NONE));
    }

    @Test
    @Tag("case-54")
    void case54_the_number_of_decoded_options_is_limited() throws MalformedMessageException {
        StringBuilder pairs = new StringBuilder();
        for (int i = 0; pairs.length() < 65_000; i++) {
            pairs.append(i).append("\0\0");
        }
        ByteBuf oack = bytes(0, 6, pairs.toString());
        assertThat(((OptionAck) TftpCodec.decode(oack)).options()).hasSize(TftpCodec.MAX_OPTIONS);
        ByteBuf request = bytes(0, 1, "f", 0, "octet", 0, pairs.toString());
        assertThat(((Request) TftpCodec.decode(request, Strictness.TOLERANT)).options())
                .hasSize(TftpCodec.MAX_OPTIONS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mail", "", "octets", "binary", "oct", "octet ", "image"})
    @Tag("case-55")
    void case55_an_unknown_mode_is_malformed(String mode) {
        assertMalformedRequest(bytes(0, 1, "f", 0, mode, 0), "mode");
        assertMalformedRequest(bytes(0, 2, "f", 0, mode, 0), "mode");
    }

    @Test
    @Tag("case-56")
    void case56_a_file_name_is_decoded_as_utf8_if_valid_and_else_as_latin1() throws MalformedMessageException {
        Request utf8 = (Request) TftpCodec.decode(bytes(0, 1, 0xC3, 0xBC, ".bin", 0, "octet", 0));
        assertThat(utf8.filename()).isEqualTo("ü.bin");
        Request latin1 = (Request) TftpCodec.decode(bytes(0, 1, 0xFC, ".bin", 0, "octet", 0));
        assertThat(latin1.filename()).isEqualTo("ü.bin");
        Request overlong = (Request) TftpCodec.decode(bytes(0, 1, 0xC0, 0xAF, 0, "octet", 0));
        assertThat(overlong.filename()).isEqualTo("À¯"); // not decoded as a slash
    }

    @Test
    @Tag("case-60")
    void case60_the_text_of_an_error_may_lack_its_nul_or_be_missing() throws MalformedMessageException {
        assertThat(TftpCodec.decode(bytes(0, 5, 0, 8, "no"))).isEqualTo(new ErrorMessage(8, "no"));
        assertThat(TftpCodec.decode(bytes(0, 5, 0, 8))).isEqualTo(new ErrorMessage(8, ""));
        assertThat(TftpCodec.decode(bytes(0, 5, 0, 8, "no", 0, "rest"))).isEqualTo(new ErrorMessage(8, "no"));
        assertThat(TftpCodec.decode(bytes(0, 5, 255, 255, 0xE9))).isEqualTo(new ErrorMessage(65_535, "é"));
    }

    @Test
    void a_text_is_truncated_at_a_nul() {
        ByteBuf wire = TftpCodec.encode(new ErrorMessage(0, "one\0two"), ByteBufAllocator.DEFAULT);
        assertThat(wire).isEqualTo(bytes(0, 5, 0, 0, "one", 0));
        wire.release();
        assertThatThrownBy(() -> new ReadRequest("a\0b", OCTET, NONE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WriteRequest("a\0b", OCTET, NONE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void data_retains_the_datagram_until_it_is_released() throws MalformedMessageException {
        ByteBuf wire = bytes(0, 3, 0, 5, "abc");
        Data data = (Data) TftpCodec.decode(wire);
        assertThat(wire.refCnt()).isEqualTo(2);
        assertThat(data.block()).isEqualTo(5);
        assertThat(data.content()).isEqualTo(bytes("abc"));
        data.release();
        assertThat(wire.refCnt()).isEqualTo(1);
    }

    @Test
    void a_copy_or_duplicate_of_data_keeps_its_number() {
        Data data = new Data(7, bytes("abc"));
        Data copy = data.copy();
        assertThat(copy).isEqualTo(data).hasSameHashCodeAs(data);
        assertThat(data.duplicate().block()).isEqualTo(7);
        assertThat(data.retainedDuplicate().touch().touch("here").block()).isEqualTo(7);
        assertThat(data.retain().retain(2).refCnt()).isEqualTo(5);
        assertThat(new Data(8, bytes("abc"))).isNotEqualTo(data);
        assertThat(data.toString()).contains("block=7");
        data.release(5);
        copy.release();
    }

    private static void assertMalformedRequest(ByteBuf datagram, String about) {
        MalformedMessageException refusal =
                catchThrowableOfType(MalformedMessageException.class, () -> TftpCodec.decode(datagram));
        assertThat(refusal).isNotNull().hasMessageContaining(about);
        assertThat(refusal.isRequest()).isTrue();
    }
}
