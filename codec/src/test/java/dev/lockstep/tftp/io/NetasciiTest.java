package dev.lockstep.tftp.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.testing.MemorySink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests netascii. In the texts {@code R} stands for CR, {@code N} for LF and {@code 0} for NUL. */
class NetasciiTest {
    private static String real(String text) {
        return (text == null ? "" : text).replace('R', '\r').replace('N', '\n').replace('0', '\0');
    }

    /** A source that returns a limited number of bytes at a time. */
    private static final class Text implements Source {
        private final ByteBuffer bytes;
        private final int most;
        private boolean closed;

        Text(byte[] bytes, int most) {
            this.bytes = ByteBuffer.wrap(bytes);
            this.most = most;
        }

        @Override
        public long size() {
            return bytes.limit();
        }

        @Override
        public int read(ByteBuffer to) {
            int length = Math.min(most, Math.min(to.remaining(), bytes.remaining()));
            if (length == 0) {
                return -1;
            }
            to.put(bytes.slice(bytes.position(), length));
            bytes.position(bytes.position() + length);
            return length;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A sink that records the content. */
    private static final class Kept implements Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean committed;
        private boolean closed;

        @Override
        public void write(ByteBuffer from) {
            while (from.hasRemaining()) {
                bytes.write(from.get());
            }
        }

        @Override
        public void commit() {
            committed = true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static byte[] encoded(byte[] text, int chunk, int most) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        try (NetasciiSource source = new NetasciiSource(new Text(text, most))) {
            ByteBuffer block = ByteBuffer.allocate(chunk);
            while (source.read(block) >= 0) {
                wire.write(block.array(), 0, block.position());
                block.clear();
            }
        }
        return wire.toByteArray();
    }

    private static byte[] decoded(byte[]... chunks) throws IOException {
        Kept kept = new Kept();
        try (NetasciiSink sink = new NetasciiSink(kept)) {
            for (byte[] chunk : chunks) {
                sink.write(ByteBuffer.wrap(chunk));
            }
            sink.commit();
        }
        assertThat(kept.committed).isTrue();
        assertThat(kept.closed).isTrue();
        return kept.bytes.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        ",",
        "abc, abc",
        "N, RN",
        "R, R0",
        "aNb, aRNb",
        "aRb, aR0b",
        "RN, R0RN",
        "NN, RNRN",
        "RR, R0R0",
        "a0b, a0b",
        "lastR, lastR0",
        "lineN, lineRN",
    })
    @Tag("case-37")
    void case37_a_text_is_encoded_as_netascii_with_any_chunk_boundaries(String text, String wire) throws IOException {
        byte[] bytes = real(text).getBytes(ISO_8859_1);
        for (int chunk = 1; chunk < 6; chunk++) {
            for (int most = 1; most < 6; most++) {
                assertThat(new String(encoded(bytes, chunk, most), ISO_8859_1))
                        .as("chunks of %d, read by %d", chunk, most)
                        .isEqualTo(real(wire));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        ",",
        "abc, abc",
        "RN, N",
        "R0, R",
        "aRNb, aNb",
        "R0RN, RN",
        "aR, aR",
        "RR, RR",
        "RRN, RN",
        "RR0, RR",
        "Ra, Ra",
        "N, N",
        "a0b, a0b",
        "R00, R0",
        "RNN, NN",
    })
    @Tag("case-37")
    void case37_netascii_is_decoded_with_any_chunk_boundaries(String wire, String text) throws IOException {
        byte[] bytes = real(wire).getBytes(ISO_8859_1);
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                byte[] head = java.util.Arrays.copyOfRange(bytes, 0, first);
                byte[] middle = java.util.Arrays.copyOfRange(bytes, first, second);
                byte[] tail = java.util.Arrays.copyOfRange(bytes, second, bytes.length);
                assertThat(new String(decoded(head, middle, tail), ISO_8859_1))
                        .as("cut at %d and %d", first, second)
                        .isEqualTo(real(text));
            }
        }
    }

    @Test
    @Tag("case-37")
    void case37_a_pair_is_split_at_every_position_of_a_block() throws IOException {
        for (int before = 0; before <= 20; before++) {
            byte[] text = ("x".repeat(before) + "\ny\rz").getBytes(ISO_8859_1);
            byte[] wire = ("x".repeat(before) + "\r\ny\r\0z").getBytes(ISO_8859_1);
            assertThat(encoded(text, 8, 100)).as("%d before", before).isEqualTo(wire);
            assertThat(decoded(wire)).isEqualTo(text);
        }
    }

    @Test
    @Tag("case-37")
    void case37_any_text_survives_encoding_and_decoding_in_any_chunks() throws IOException {
        SplittableRandom random = new SplittableRandom(764);
        byte[] alphabet = "\r\n\0ab\r\n".getBytes(ISO_8859_1);
        for (int round = 0; round < 2000; round++) {
            byte[] text = new byte[random.nextInt(round % 100 == 0 ? 40_000 : 60)];
            for (int i = 0; i < text.length; i++) {
                text[i] = alphabet[random.nextInt(alphabet.length)];
            }
            Kept kept = new Kept();
            NetasciiSource source = new NetasciiSource(new Text(text, 1 + random.nextInt(50)));
            NetasciiSink sink = new NetasciiSink(kept);
            ByteBuffer block = ByteBuffer.allocate(1 + random.nextInt(40));
            while (source.read(block) >= 0) {
                sink.write(block.flip());
                block.clear();
            }
            sink.commit();
            assertThat(kept.bytes.toByteArray()).as("round %d", round).isEqualTo(text);
        }
    }

    @Test
    void encoded_text_never_has_a_single_cr_or_lf() throws IOException {
        SplittableRandom random = new SplittableRandom(1123);
        byte[] text = new byte[100_000];
        random.nextBytes(text);
        byte[] wire = encoded(text, 512, 777);
        for (int i = 0; i < wire.length; i++) {
            if (wire[i] == '\r') {
                assertThat(wire[i + 1]).isIn((byte) '\n', (byte) 0);
            } else if (wire[i] == '\n') {
                assertThat(wire[i - 1]).isEqualTo((byte) '\r');
            }
        }
        assertThat(decoded(wire)).isEqualTo(text);
    }

    @Test
    @Tag("case-32")
    void case32_the_size_after_conversion_is_not_known_so_tsize_is_left_out() throws IOException {
        try (NetasciiSource source = new NetasciiSource(new Text(new byte[10], 10))) {
            assertThat(source.size()).isEqualTo(Source.UNKNOWN_SIZE);
        }
    }

    @Test
    void a_repeated_read_at_the_end_returns_the_end() throws IOException {
        try (NetasciiSource source = new NetasciiSource(new Text(new byte[] {'\r'}, 10))) {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThat(source.read(one)).isEqualTo(1);
            assertThat(source.read(one.clear())).isEqualTo(1);
            assertThat(source.read(one.clear())).isEqualTo(-1);
            assertThat(source.read(one.clear())).isEqualTo(-1);
        }
    }

    @Test
    void closing_closes_the_wrapped_source_or_sink() throws IOException {
        Text text = new Text(new byte[0], 1);
        Kept kept = new Kept();
        new NetasciiSource(text).close();
        NetasciiSink sink = new NetasciiSink(kept);
        sink.write(ByteBuffer.wrap(new byte[] {'a', '\r'}));
        sink.close();
        assertThat(text.closed).isTrue();
        assertThat(kept.closed).isTrue();
        assertThat(kept.committed).isFalse();
    }

    @Test
    @Tag("case-36")
    void case36_the_failure_of_a_full_sink_is_passed_through() {
        NetasciiSink sink =
                new NetasciiSink(new MemorySink().failingAfter(0, new TftpException(ErrorCode.DISK_FULL, "disk full")));
        assertThatThrownBy(() -> sink.write(ByteBuffer.wrap(new byte[20_000]))).hasMessage("disk full");
    }
}
