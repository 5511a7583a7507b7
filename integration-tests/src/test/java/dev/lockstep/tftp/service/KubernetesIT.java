package dev.lockstep.tftp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.HttpText;
import dev.lockstep.tftp.harness.Nginx;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The manifests of the daemon: they are valid and agree with each other. {@code ImageIT} runs their pod. */
@Timeout(120)
class KubernetesIT {
    private static final Path FILES = Repository.ROOT.resolve("server/deploy/kubernetes");
    private static final Path MONITORING = Repository.ROOT.resolve("server/deploy/monitoring/kubernetes");

    static JsonObject read(String file) throws IOException {
        Object yaml = new Yaml().load(Files.readString(FILES.resolve(file)));
        return new Gson().toJsonTree(yaml).getAsJsonObject();
    }

    private static JsonElement yaml(String file) throws IOException {
        return new Gson().toJsonTree(new Yaml().load(Files.readString(MONITORING.resolve(file))));
    }

    /** Returns the deployment with the JSON patch of the overlay (RFC 6902), as kustomize applies it. */
    private static JsonObject monitored() throws IOException {
        JsonObject deployment = read("deployment.yaml");
        for (JsonElement each : yaml("http-port.yaml").getAsJsonArray()) {
            JsonObject step = each.getAsJsonObject();
            String path = step.get("path").getAsString().substring(1);
            String last = path.substring(path.lastIndexOf('/') + 1);
            JsonElement parent = at(deployment, path.substring(0, path.lastIndexOf('/')));
            boolean isNew = parent.isJsonArray() || !parent.getAsJsonObject().has(last);
            assertThat(step.get("op").getAsString()).as(path).isEqualTo(isNew ? "add" : "replace");
            if (parent.isJsonArray()) {
                List<JsonElement> elements = parent.getAsJsonArray().asList();
                elements.add(last.equals("-") ? elements.size() : Integer.parseInt(last), step.get("value"));
            } else {
                parent.getAsJsonObject().add(last, step.get("value"));
            }
        }
        return deployment;
    }

    @Test
    void the_overlay_for_monitoring_is_valid_and_agrees_with_the_pod() throws IOException {
        JsonObject deployment = monitored();
        V1Deployment.validateJsonElement(deployment);
        JsonObject service = yaml("service.yaml").getAsJsonObject();
        V1Service.validateJsonElement(service);
        JsonObject monitor = yaml("servicemonitor.yaml").getAsJsonObject();
        JsonObject kustomization = yaml("kustomization.yaml").getAsJsonObject();
        assertThat(strings(kustomization.get("resources")))
                .containsExactly("../../kubernetes", "service.yaml", "servicemonitor.yaml");
        assertThat(MONITORING.resolve("../../kubernetes").normalize()).isEqualTo(FILES);
        assertThat(at(kustomization, "patches/0/target/name")).isEqualTo(at(deployment, "metadata/name"));

        assertThat(at(service, "spec/selector")).isEqualTo(at(deployment, "spec/template/metadata/labels"));
        assertThat(at(monitor, "spec/selector/matchLabels")).isEqualTo(at(service, "metadata/labels"));
        assertThat(at(monitor, "spec/endpoints/0/port")).isEqualTo(at(service, "spec/ports/0/name"));
        JsonObject container = at(deployment, "spec/template/spec/containers/0").getAsJsonObject();
        JsonElement name = at(container, "ports/2/name");
        assertThat(at(service, "spec/ports/0/targetPort")).isEqualTo(name);
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertThat(at(container, probe + "/httpGet/port")).isEqualTo(name);
            assertThat(container.getAsJsonObject(probe).has("tcpSocket")).isFalse();
            assertThat(at(container, probe + "/httpGet/httpHeaders/0/name").getAsString())
                    .isEqualTo("Host");
        }
        assertThat(at(container, "readinessProbe/httpGet/path").getAsString()).isEqualTo("/readyz");
        assertThat(strings(container.get("args")))
                .contains(
                        "--http=0.0.0.0:"
                                + at(container, "ports/2/containerPort").getAsInt(),
                        "--http-host=$(" + at(container, "env/0/name").getAsString() + ")",
                        "--http-token-file="
                                + at(container, "volumeMounts/1/mountPath").getAsString() + "/"
                                + at(monitor, "spec/endpoints/0/authorization/credentials/key")
                                        .getAsString());
        assertThat(at(deployment, "spec/template/spec/volumes/1/secret/secretName"))
                .isEqualTo(at(monitor, "spec/endpoints/0/authorization/credentials/name"));
    }

    @Test
    void the_pod_of_the_overlay_replies_to_its_probes_and_to_prometheus(@TempDir Path folder) throws Exception {
        Tool.needed("curl");
        String token = "0123456789abcdef0123456789abcdef";
        Path file = Files.writeString(folder.resolve("token"), token);
        JsonObject container =
                at(monitored(), "spec/template/spec/containers/0").getAsJsonObject();
        String podIp = "192.0.2.77";
        List<String> flags = new ArrayList<>(strings(container.get("args")));
        flags.removeAll(List.of("--root", "/srv/tftp", "--json-log", "6969"));
        flags.replaceAll(flag -> flag.replace("$(POD_IP)", podIp).replace("/run/secrets/tftpd/token", file.toString()));
        flags.replaceAll(flag -> flag.replace(":9169", ":0").replaceFirst("^8700$", "0"));
        try (Daemon daemon = Daemon.servingEverywhere(folder, flags.toArray(String[]::new))) {
            String address = "http://127.0.0.1:" + HttpText.portOf(daemon);
            for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
                JsonObject get = at(container, probe + "/httpGet").getAsJsonObject();
                String host = at(get, "httpHeaders/0/name").getAsString() + ": "
                        + at(get, "httpHeaders/0/value").getAsString();
                Run.run("curl", "-sf", "-H", host, address + get.get("path").getAsString())
                        .assertExit(0);
            }
            String metrics = address + "/metrics";
            String host = "Host: " + podIp + ":9169";
            assertThat(Run.run("curl", "-s", "-H", host, metrics).output()).startsWith("token required");
            assertThat(Run.run("curl", "-s", "-H", host, "-H", "Authorization: Bearer " + token, metrics)
                            .output())
                    .contains("tftp_server_build_info");
            assertThat(Run.run("curl", "-s", "-H", "Host: 192.0.2.78", metrics).output())
                    .startsWith("host not allowed");
        }
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
    void the_manifests_of_replicas_are_valid_and_agree() throws IOException {
        JsonObject set = read("replicas/statefulset.yaml");
        V1StatefulSet.validateJsonElement(set);
        JsonObject budget = read("replicas/budget.yaml");
        V1PodDisruptionBudget.validateJsonElement(budget);
        List<JsonObject> services = new ArrayList<>();
        for (Object each : new Yaml().loadAll(Files.readString(FILES.resolve("replicas/service.yaml")))) {
            JsonObject service = new Gson().toJsonTree(each).getAsJsonObject();
            V1Service.validateJsonElement(service);
            services.add(service);
        }
        assertThat(strings(read("replicas/kustomization.yaml").get("resources")))
                .containsExactlyInAnyOrder("statefulset.yaml", "service.yaml", "budget.yaml");

        JsonElement labels = at(set, "spec/template/metadata/labels");
        assertThat(at(set, "spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(at(budget, "spec/selector/matchLabels")).isEqualTo(labels);
        JsonObject pod = at(set, "spec/template/spec").getAsJsonObject();
        for (JsonElement constraint : at(pod, "topologySpreadConstraints").getAsJsonArray()) {
            assertThat(at(constraint.getAsJsonObject(), "labelSelector/matchLabels"))
                    .isEqualTo(labels);
        }
        JsonObject container = at(pod, "containers/0").getAsJsonObject();
        for (JsonObject service : services) {
            assertThat(at(service, "spec/selector")).isEqualTo(labels);
            assertThat(at(service, "spec/ports/0/targetPort")).isEqualTo(at(container, "ports/0/name"));
        }
        assertThat(at(services.get(0), "spec/externalTrafficPolicy").getAsString())
                .isEqualTo("Local");
        assertThat(at(services.get(1), "metadata/name")).isEqualTo(at(set, "spec/serviceName"));

        assertThat(at(set, "spec/replicas").getAsInt())
                .isGreaterThan(at(budget, "spec/maxUnavailable").getAsInt());
        List<String> arguments = strings(container.get("args"));
        assertThat(arguments).contains("--replica", "--single-port");
        assertThat(at(pod, "terminationGracePeriodSeconds").getAsInt())
                .isGreaterThan(at(container, "lifecycle/preStop/sleep/seconds").getAsInt()
                        + Integer.parseInt(arguments.get(arguments.indexOf("--drain") + 1)));
        assertThat(arguments.get(arguments.indexOf("--cache-dir") + 1))
                .isEqualTo(at(container, "volumeMounts/0/mountPath").getAsString());
        assertThat(at(container, "volumeMounts/0/name"))
                .isEqualTo(at(set, "spec/volumeClaimTemplates/0/metadata/name"));
        assertThat(at(pod, "securityContext/fsGroup")).isEqualTo(at(pod, "securityContext/runAsGroup"));
        JsonObject single =
                at(read("deployment.yaml"), "spec/template/spec/containers/0").getAsJsonObject();
        for (String same : List.of(
                "image", "ports", "startupProbe", "readinessProbe", "livenessProbe", "resources", "securityContext")) {
            assertThat(container.get(same)).as(same).isEqualTo(single.get(same));
        }
    }

    @Test
    void the_pod_of_replicas_serves_files_of_an_origin(@TempDir Path folder) throws Exception {
        JsonObject container = at(read("replicas/statefulset.yaml"), "spec/template/spec/containers/0")
                .getAsJsonObject();
        assertThat(at(container, "env").getAsJsonArray().asList().stream()
                        .map(each -> each.getAsJsonObject().get("name").getAsString()))
                .containsExactly("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
        try (Nginx origin = new Nginx(Files.createDirectory(folder.resolve("origin")))) {
            byte[] content = Bytes.pattern(3_000);
            Files.write(origin.files().resolve("file"), content);
            List<String> flags = new ArrayList<>(strings(container.get("args")));
            flags.removeAll(List.of("--json-log", "6969"));
            flags.replaceAll(flag -> flag.startsWith("s3:") ? origin.uri() : flag.replaceFirst("^8700$", "0"));
            flags.replaceAll(flag -> flag.startsWith("/var/cache") ? folder.resolve("cache") + "" : flag);
            try (Daemon daemon = Daemon.servingEverywhere(folder, flags.toArray(String[]::new))) {
                assertThat(daemon.fetch("file")).isEqualTo(content);
            }
        }
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
