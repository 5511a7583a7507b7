package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import dev.lockstep.tftp.io.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientWarmUpTest {
    private static LoadResult warmUp(long putSize, Optional<FirmwareProfile> profile) throws InterruptedException {
        return ClientWarmUp.run(new LoadPlan(
                List.of(Target.parse("tftp://192.0.2.1/boot.img", TransferMode.OCTET)),
                new LoadSchedule(64, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 100),
                putSize,
                profile,
                Optional.empty(),
                new LinkImpairment(0.5, 0, 0, 0, 0, 1)));
    }

    @Test
    void downloads_are_warmed_up_with_whole_windows_and_without_the_server_of_the_plan() throws Exception {
        LoadResult result = warmUp(Source.UNKNOWN_SIZE, Optional.empty());
        assertThat(result.failures()).isEmpty();
        assertThat(result.completed()).isPositive();
        assertThat(result.bytes()).isGreaterThan(64 * 1428);
        assertThat(result.granted())
                .singleElement()
                .satisfies(granted -> assertThat(granted.getKey()).isEqualTo(new GrantedOptions(1428, 64)));
    }

    @Test
    void uploads_are_warmed_up() throws Exception {
        LoadResult result = warmUp(5_000_000, Optional.empty());
        assertThat(result.failures()).isEmpty();
        assertThat(result.completed()).isPositive();
        assertThat(result.plan().isPut()).isTrue();
    }

    @Test
    void a_profile_with_a_probe_is_warmed_up() throws Exception {
        LoadResult result = warmUp(Source.UNKNOWN_SIZE, Optional.of(FirmwareProfile.EDK2));
        assertThat(result.failures()).isEmpty();
        assertThat(result.completed()).isPositive();
    }
}
