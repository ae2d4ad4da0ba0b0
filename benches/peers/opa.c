/* opa LIBRARY POLICY.rego FILE|FOLDER…
 *
 * The real OPA engine, which is written in Go, on manifests; prints `FILE RULE MESSAGE` for each finding. LIBRARY is
 * libopabridge.so from the PyPI wheel opa-golib-python-bindings, loaded here so that no Python runs where OPA is measured.
 * The policy is compiled once. OPA reads the YAML itself, by its function yaml.unmarshal. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef unsigned long long handle;

static handle engine;
static char *(*evaluate)(handle, char *, char *, int, int);
static void (*release)(void *);

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(2);
}

static void *symbol(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found) fail(name, "not in the library");
  return found;
}

static char *contents(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  struct stat about;
  if (!file || fstat(fileno(file), &about)) fail(path, "cannot be read");
  *length = (size_t)about.st_size;
  char *text = malloc(*length + 1);
  if (!text || fread(text, 1, *length, file) != *length) fail(path, "cannot be read");
  text[*length] = 0;
  fclose(file);
  return text;
}

/* The text as {"text": "…"}. */
static char *as_input(const char *text, size_t length) {
  char *input = malloc(6 * length + 16), *end = input;
  if (!input) fail("input", "no memory");
  end += sprintf(end, "{\"text\":\"");
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c < 32) end += sprintf(end, "\\u%04x", c);
    else {
      if (c == '"' || c == '\\') *end++ = '\\';
      *end++ = (char)c;
    }
  }
  strcpy(end, "\"}");
  return input;
}

/* Each finding is an object with the keys "message" and "rule", in this order; no message holds a quotation mark. */
static void judge(const char *path) {
  static const char message[] = "{\"message\":\"", rule[] = "\",\"rule\":\"";
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  size_t length;
  char *text = contents(path, &length), *input = as_input(text, length);
  char *answer = evaluate(engine, "x := data.peers.violations with input as yaml.unmarshal(input.text)", input, 0, 0);
  if (!strstr(answer, "\"x\":")) fail(path, answer);
  for (char *at = answer; (at = strstr(at, message));) {
    char *said = at + strlen(message), *middle = strstr(said, rule);
    if (!middle) fail(path, answer);
    char *code = middle + strlen(rule);
    int size = (int)strcspn(code, "\"");
    printf("%s %.*s %.*s\n", name, size, code, (int)(middle - said), said);
    at = code + size;
  }
  release(answer);
  free(input);
  free(text);
}

static int is_manifest(const struct dirent *entry) {
  const char *dot = strrchr(entry->d_name, '.');
  return dot && !strcmp(dot, ".yaml");
}

int main(int count, char **args) {
  if (count < 4) fail("usage", "opa LIBRARY POLICY.rego FILE|FOLDER…");
  void *library = dlopen(args[1], RTLD_NOW);
  if (!library) fail(args[1], dlerror());
  handle (*new_engine)(void) = symbol(library, "OpaNew");
  char *(*add)(handle, char *, char *) = symbol(library, "OpaAddPolicy");
  evaluate = symbol(library, "OpaEvalQuery");
  release = symbol(library, "OpaFreeString");
  engine = new_engine();
  size_t length;
  char *answer = add(engine, args[2], contents(args[2], &length));
  if (strstr(answer, "\"error\":{")) fail(args[2], answer);
  for (int i = 3; i < count; i++) {
    struct stat about;
    if (stat(args[i], &about)) fail(args[i], "cannot be read");
    if (!S_ISDIR(about.st_mode)) {
      judge(args[i]);
      continue;
    }
    struct dirent **entries;
    int files = scandir(args[i], &entries, is_manifest, alphasort);
    for (int k = 0; k < files; k++) {
      char path[4096];
      snprintf(path, sizeof path, "%s/%s", args[i], entries[k]->d_name);
      judge(path);
    }
  }
  return 0;
}
