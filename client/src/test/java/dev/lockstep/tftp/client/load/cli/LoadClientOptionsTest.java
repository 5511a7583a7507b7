package dev.lockstep.tftp.client.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.load.FirmwareProfile;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LoadClientOptionsTest {
    @Test
    void the_label_of_the_profile_that_completion_offers_has_all_profiles() {
        String label = new CommandLine(new LoadCommand())
                .getCommandSpec()
                .findOption("--profile")
                .paramLabel();
        assertThat(label.split("\\|"))
                .containsExactlyElementsOf(Arrays.stream(FirmwareProfile.values())
                        .map(FirmwareProfile::toString)
                        .toList());
    }
}
