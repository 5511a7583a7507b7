package dev.lockstep.tftp.server.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.testing.TestBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final int SIZE = 1000;

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    private Spool spool(long bytes, int files) {
        return new Spool(folder, new SpoolLimits(bytes, files, Duration.ofDays(30)), now::get);
    }

    private static String key(int number) {
        return "%064x".formatted(number);
    }

    private SpoolFile store(Spool spool, int number) throws IOException {
        spool.reserve(SIZE);
        SpoolFile file = spool.create(key(number), SIZE);
        file.append(ByteBuffer.wrap(TestBytes.random(SIZE)));
        CacheEntry entry = new CacheEntry(
                "http://h/" + number, file.name(), SIZE, file.checksums(), Map.of(), now.get(), now.get());
        spool.publish(key(number), file, entry);
        file.complete();
        spool.touch(key(number));
        spool.giveBack(SIZE);
        now.updateAndGet(time -> time.plusSeconds(1));
        return file;
    }

    private List<Integer> stored(Spool spool) {
        return Stream.iterate(0, number -> number + 1)
                .limit(10)
                .filter(number -> spool.entryOf(key(number)) != null)
                .toList();
    }

    @Test
    void files_that_were_not_used_for_longest_are_evicted() throws IOException {
        Spool spool = spool(3 * SIZE, 100);
        for (int i = 0; i < 3; i++) {
            store(spool, i).release();
        }
        spool.touch(key(0));
        store(spool, 3).release();
        assertThat(stored(spool)).containsExactly(0, 2, 3);
        assertThat(spool.bytes()).isEqualTo(3 * SIZE);
        assertThat(spool.evictions()).isEqualTo(1);
    }

    @Test
    void the_number_of_files_is_limited() throws IOException {
        Spool spool = spool(100 * SIZE, 2);
        for (int i = 0; i < 4; i++) {
            store(spool, i).release();
        }
        assertThat(stored(spool)).containsExactly(2, 3);
    }

    @Test
    void files_that_are_not_used_for_their_age_are_removed() throws IOException {
        Spool spool = spool(100 * SIZE, 100);
        store(spool, 0).release();
        now.updateAndGet(time -> time.plus(Duration.ofDays(31)));
        store(spool, 1).release();
        assertThat(stored(spool)).containsExactly(1);
    }

    @Test
    void a_file_that_is_served_is_not_evicted() throws IOException {
        Spool spool = spool(2 * SIZE, 100);
        SpoolFile served = store(spool, 0);
        served.retain();
        store(spool, 1).release();
        store(spool, 2).release();
        assertThat(stored(spool)).containsExactly(0, 2);
        store(spool, 3).retain();
        assertThatThrownBy(() -> spool.reserve(SIZE)).hasMessage("cache is full, try again");
        assertThat(stored(spool)).containsExactly(0, 3);
    }

    @Test
    void a_file_that_was_evicted_is_read_to_its_end() throws IOException {
        Spool spool = spool(SIZE, 100);
        store(spool, 0).release();
        Spool.Stored open = spool.load(key(0));
        spool(SIZE, 100).remove(key(0)); // as another process does
        assertThat(open.file().content()).hasSize(SIZE);
        open.file().release();
    }

    @Test
    void what_a_crash_has_left_is_removed_and_other_files_are_kept() throws IOException {
        Spool spool = spool(100 * SIZE, 100);
        store(spool, 0).release();
        Path part = old(key(1) + ".0123456789abcdef.part");
        Path unnamed = old(key(2) + ".0123456789abcdef.body");
        Path replaced = old(key(0) + ".0123456789abcdef.body");
        Path foreign = old("README");
        SpoolFile running = spool.create(key(3), SIZE);
        now.updateAndGet(time -> time.plusSeconds(3600));
        Spool restarted = spool(100 * SIZE, 100);
        restarted.reserve(SIZE);
        assertThat(List.of(part, unnamed, replaced)).noneMatch(Files::exists);
        assertThat(foreign).exists();
        assertThat(stored(restarted)).containsExactly(0);
        running.release();
    }

    private Path old(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), new byte[SIZE]);
        return Files.setLastModifiedTime(file, FileTime.from(now.get().minusSeconds(3600)));
    }

    @Test
    void damaged_metadata_is_a_miss() throws IOException {
        Spool spool = spool(100 * SIZE, 100);
        store(spool, 0).release();
        Path meta = folder.resolve(key(0) + ".meta");
        byte[] text = Files.readAllBytes(meta);
        text[40] ^= 1;
        Files.write(meta, text);
        assertThat(spool.load(key(0))).isNull();
        assertThat(spool.damages()).isEqualTo(1);
    }
}
