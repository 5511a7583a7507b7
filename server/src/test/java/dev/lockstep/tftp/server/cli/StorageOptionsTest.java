package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class StorageOptionsTest {
    private static StorageOptions parsed(String... arguments) {
        StorageOptions options = new StorageOptions(new OriginOptions());
        new CommandLine(options)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(ByteSize.class, Invocation::byteSize)
                .parseArgs(arguments);
        return options;
    }

    private static StorageOptions options(String limit) {
        return parsed("--memory", "--memory-limit", limit);
    }

    private static String describe(String... arguments) throws IOException {
        return parsed(arguments).roots().storage().toString();
    }

    @Test
    void several_roots_are_one_overlay_and_memory_is_a_root() throws IOException {
        String here = Path.of("").toRealPath().toString();
        assertThat(describe()).isEqualTo(here);
        assertThat(describe("--memory")).isEqualTo("memory").isEqualTo(describe("--root", "memory:"));
        assertThat(describe("--root", "memory:/a/{ip}", "--root", "src", "--on-error", "next"))
                .isEqualTo("memory/a/{ip}, then " + here + "/src");
        assertThat(parsed("--root", "memory:", "--root", "src", "--writable")
                        .roots()
                        .storage()
                        .roots())
                .extracting(Storage::isWritable)
                .containsExactly(true, false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> describe("--root", "src", "--root", "none"))
                .withMessage("--root: none: no such directory (expected: a directory that can be read)");
    }

    @Test
    void a_memory_limit_that_the_heap_cannot_hold_is_refused() throws IOException {
        long half = Runtime.getRuntime().maxMemory() / 2;
        assertThat(options(Long.toString(half)).roots().storage()).isInstanceOf(MemoryStorage.class);
        String more = Long.toString(half + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(more).roots())
                .withMessage("--memory-limit: " + more + " (expected: at most " + half
                        + ", half of the heap; JAVA_OPTS=-Xmx gives it more)");
    }
}
