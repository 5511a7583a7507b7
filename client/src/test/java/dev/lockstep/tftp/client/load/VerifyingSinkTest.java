package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyingSinkTest {
    private static final int SIZE = 3_000_000; // spans several chunks of the expected content
    private static final int BLOCK = 1428;

    private final byte[] content = new byte[SIZE];

    @TempDir
    private Path folder;

    VerifyingSinkTest() {
        new SplittableRandom(7).nextBytes(content);
    }

    @Test
    void the_content_is_learnt_from_the_first_transfer_and_compared_with_the_next() throws IOException {
        ExpectedContent expected = ExpectedContent.learnt();
        move(content, new VerifyingSink(expected));
        VerifyingSink second = new VerifyingSink(expected);
        move(content, second);
        assertThat(second.wrong()).isNull();
    }

    @Test
    void a_wrong_byte_is_found_with_its_offset() throws IOException {
        for (int offset : new int[] {0, 1, BLOCK - 1, BLOCK, (1 << 20) - 1, 1 << 20, SIZE - 1}) {
            ExpectedContent expected = ExpectedContent.learnt();
            move(content, new VerifyingSink(expected));
            byte[] corrupted = content.clone();
            corrupted[offset] ^= 0x10;
            VerifyingSink sink = new VerifyingSink(expected);
            assertThatThrownBy(() -> move(corrupted, sink))
                    .hasMessage(String.format(
                            "wrong byte at offset %d: 0x%02x (expected: 0x%02x)",
                            offset, corrupted[offset] & 0xFF, content[offset] & 0xFF));
            assertThat(sink.wrong()).contains("offset " + offset);
        }
    }

    @Test
    void concurrent_transfers_that_learn_are_compared_with_each_other() throws IOException {
        ExpectedContent expected = ExpectedContent.learnt();
        VerifyingSink first = new VerifyingSink(expected);
        VerifyingSink second = new VerifyingSink(expected);
        byte[] corrupted = content.clone();
        corrupted[5000]++;
        second.write(ByteBuffer.wrap(corrupted, 0, 4000));
        first.write(ByteBuffer.wrap(content, 0, 9000));
        assertThatThrownBy(() -> second.write(ByteBuffer.wrap(corrupted, 4000, 4000)))
                .hasMessageContaining("offset 5000");
    }

    @Test
    void a_file_that_ends_early_is_wrong_where_it_ends() throws IOException {
        ExpectedContent expected = ExpectedContent.learnt();
        move(content, new VerifyingSink(expected));
        VerifyingSink sink = new VerifyingSink(expected);
        sink.write(ByteBuffer.wrap(content, 0, 1000));
        assertThatThrownBy(sink::commit).hasMessage("wrong end at offset 1000 (expected: 3000000 bytes)");
    }

    @Test
    void a_byte_after_the_end_of_the_file_is_wrong() throws IOException {
        Path file = Files.write(folder.resolve("boot.img"), new byte[] {1, 2, 3});
        VerifyingSink sink = new VerifyingSink(ExpectedContent.of(file));
        assertThatThrownBy(() -> sink.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4})))
                .hasMessage("wrong byte at offset 3: 0x04 (expected: the end of the file)");
    }

    @Test
    void an_empty_file_can_be_learnt() throws IOException {
        ExpectedContent expected = ExpectedContent.learnt();
        new VerifyingSink(expected).commit();
        VerifyingSink sink = new VerifyingSink(expected);
        assertThatThrownBy(() -> sink.write(ByteBuffer.wrap(new byte[1]))).hasMessageContaining("offset 0");
    }

    private static void move(byte[] bytes, VerifyingSink sink) throws IOException {
        for (int at = 0; at < bytes.length; at += BLOCK) {
            sink.write(ByteBuffer.wrap(bytes, at, Math.min(BLOCK, bytes.length - at)));
        }
        sink.commit();
    }
}
