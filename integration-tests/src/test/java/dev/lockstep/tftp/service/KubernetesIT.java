package dev.lockstep.tftp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yaml.snakeyaml.Yaml;

/** The manifests of the daemon: they are valid and agree with each other. {@code ImageIT} runs their pod. */
@Timeout(120)
class KubernetesIT {
    private static final Path FILES = Repository.ROOT.resolve("server/deploy/kubernetes");

    static JsonObject read(String file) throws IOException {
        Object yaml = new Yaml().load(Files.readString(FILES.resolve(file)));
        return new Gson().toJsonTree(yaml).getAsJsonObject();
    }

    /** Returns the value at a path. */
    private static JsonElement at(JsonObject from, String path) {
        JsonElement here = from;
        for (String name : path.split("/")) {
            here = here.isJsonArray()
                    ? here.getAsJsonArray().get(Integer.parseInt(name))
                    : here.getAsJsonObject().get(name);
            assertThat(here).as(name + " of " + path).isNotNull();
        }
        return here;
    }

    private static List<String> strings(JsonElement array) {
        return array.getAsJsonArray().asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }

    @Test
    void every_field_is_in_the_schema() throws IOException {
        V1Deployment.validateJsonElement(read("deployment.yaml"));
        V1Service.validateJsonElement(read("service.yaml"));
        V1PersistentVolumeClaim.validateJsonElement(read("files.yaml"));
        assertThat(strings(read("kustomization.yaml").get("resources")))
                .containsExactlyInAnyOrder("deployment.yaml", "service.yaml", "files.yaml");
    }

    @Test
    void an_unknown_field_is_reported() throws IOException {
        JsonObject deployment = read("deployment.yaml");
        at(deployment, "spec/template/spec/containers/0/securityContext")
                .getAsJsonObject()
                .addProperty("readOnlyRootFileSystem", true);
        assertThatThrownBy(() -> V1Deployment.validateJsonElement(deployment))
                .hasMessageContaining("readOnlyRootFileSystem");
    }

    @Test
    void yamllint_reports_nothing() {
        Run.Result result = Run.run(Tool.named("yamllint"), "--strict", FILES.toString());
        assertThat(result.exit()).as(result.toString()).isZero();
    }

    @Test
    void ports_labels_volumes_and_times_agree() throws IOException {
        JsonObject deployment = read("deployment.yaml");
        JsonObject service = read("service.yaml");
        JsonElement labels = at(deployment, "spec/template/metadata/labels");
        assertThat(at(service, "spec/selector")).isEqualTo(labels);
        assertThat(at(deployment, "spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(at(service, "spec/ports/0/protocol").getAsString()).isEqualTo("UDP");

        JsonObject container = at(deployment, "spec/template/spec/containers/0").getAsJsonObject();
        assertThat(at(service, "spec/ports/0/targetPort")).isEqualTo(at(container, "ports/0/name"));
        List<String> arguments = strings(container.get("args"));
        assertThat(arguments.get(arguments.size() - 1))
                .isEqualTo(at(container, "ports/0/containerPort")
                        .getAsBigDecimal()
                        .toBigInteger()
                        .toString());
        assertThat(arguments.get(arguments.indexOf("--probe-port") + 1))
                .isEqualTo(at(container, "ports/1/containerPort")
                        .getAsBigDecimal()
                        .toBigInteger()
                        .toString());
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertThat(at(container, probe + "/tcpSocket/port")).isEqualTo(at(container, "ports/1/name"));
        }
        assertThat(at(deployment, "spec/template/spec/terminationGracePeriodSeconds")
                        .getAsInt())
                .isGreaterThan(Integer.parseInt(arguments.get(arguments.indexOf("--drain") + 1)));
        assertThat(at(deployment, "spec/template/spec/volumes/0/persistentVolumeClaim/claimName"))
                .isEqualTo(at(read("files.yaml"), "metadata/name"));
    }

    @Test
    void the_pod_has_only_the_rights_that_it_needs() throws IOException {
        JsonObject pod = at(read("deployment.yaml"), "spec/template/spec").getAsJsonObject();
        assertThat(at(pod, "securityContext/runAsNonRoot").getAsBoolean()).isTrue();
        assertThat(at(pod, "securityContext/seccompProfile/type").getAsString()).isEqualTo("RuntimeDefault");
        assertThat(at(pod, "automountServiceAccountToken").getAsBoolean()).isFalse();
        assertThat(at(pod, "containers/0/securityContext/readOnlyRootFilesystem")
                        .getAsBoolean())
                .isTrue();
        assertThat(at(pod, "containers/0/securityContext/allowPrivilegeEscalation")
                        .getAsBoolean())
                .isFalse();
        assertThat(strings(at(pod, "containers/0/securityContext/capabilities/drop")))
                .containsExactly("ALL");
        assertThat(at(pod, "containers/0/resources/limits/memory").getAsString())
                .isNotEmpty();
        assertThat(at(pod, "containers/0/volumeMounts/0/readOnly").getAsBoolean())
                .isTrue();
    }
}
