package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.AmplificationLimits;
import dev.lockstep.tftp.server.BuiltConfig;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AddressValidationOptionsTest {
    private final AddressValidationOptions options = new AddressValidationOptions();
    private final CommandLine command = new CommandLine(
                    CommandSpec.create().addMixin("validation", CommandSpec.forAnnotatedObject(options)))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(ByteSize.class, Invocation::byteSize);

    private AmplificationLimits limits(String... flags) {
        command.parseArgs(flags);
        var builder = TftpServer.builder().storage(new MemoryStorage(1, WriteRules.READ_ONLY));
        options.applyTo(builder);
        return BuiltConfig.of(builder).amplificationLimits();
    }

    @Test
    void the_profile_is_normal_by_default() {
        assertThat(limits()).isEqualTo(AmplificationLimits.NORMAL);
        assertThat(limits("--address-validation", "normal")).isEqualTo(AmplificationLimits.NORMAL);
    }

    @Test
    void a_profile_sets_all_limits() {
        assertThat(limits("--address-validation", "strict")).isEqualTo(AmplificationLimits.STRICT);
        assertThat(limits("--address-validation", "off")).isEqualTo(AmplificationLimits.UNLIMITED);
        assertThatThrownBy(() -> limits("--address-validation", "lax"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContainingAll("--address-validation", "STRICT", "NORMAL", "OFF", "lax");
    }

    @Test
    void the_former_flags_replace_one_limit_each() {
        assertThat(limits("--unanswered-requests", "2")).isEqualTo(new AmplificationLimits(2, 128 << 10, 512 << 10));
        assertThat(limits("--unanswered-per-client", "2K", "--unanswered-per-network", "4K"))
                .isEqualTo(new AmplificationLimits(4096, 2 << 10, 4 << 10));
        assertThat(limits("--address-validation", "strict", "--unanswered-requests", "7"))
                .isEqualTo(new AmplificationLimits(7, 16 << 10, 64 << 10));
        assertThatThrownBy(() -> limits("--unanswered-requests", "0"))
                .hasMessage("unvalidated requests: 0 (expected: 1 to 1048576)");
    }

    @Test
    void the_help_shows_the_profiles_and_not_the_former_flags() {
        assertThat(command.getUsageMessage())
                .contains("--address-validation", "strict", "normal", "off")
                .doesNotContain("--unanswered");
    }
}
