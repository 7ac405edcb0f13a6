"""What the API's description (OpenAPI) says beyond what its views and shapes tell."""

from copy import deepcopy

JSON = "application/json"
REF = "#/components/schemas/"


def parts_of_bodies(result, generator, request, public):
    """With `fields` an answer holds a part of each body: the same keys, none of them certain."""
    shapes = result["components"]["schemas"]
    for item in result["paths"].values():
        operation = item.get("get", {})
        if any(one["name"] == "fields" for one in operation.get("parameters", [])):
            content = operation["responses"]["200"]["content"][JSON]
            name = content["schema"]["$ref"].removeprefix(REF)
            content["schema"] = {"anyOf": [content["schema"], {"$ref": REF + _part(name, shapes)}]}
    return result


def _part(name, shapes):
    """Adds the shape of a part to the shapes; its name."""
    if name.startswith("Paginated"):
        page = deepcopy(shapes[name])
        items = page["properties"]["results"]["items"]
        one = items["$ref"].removeprefix(REF)
        page["properties"]["results"]["items"] = {"$ref": REF + _part(one, shapes)}
        return _add(name.replace("List", "PartList"), page, shapes)
    whole = shapes[name]
    if "oneOf" in whole:
        parts = [_part(one["$ref"].removeprefix(REF), shapes) for one in whole["oneOf"]]
        return _add(f"{name}Part", {"anyOf": [{"$ref": REF + part} for part in parts]}, shapes)
    part = {key: value for key, value in deepcopy(whole).items() if key != "required"}
    return _add(f"{name}Part", part | {"additionalProperties": False}, shapes)


def _add(name, shape, shapes):
    shapes[name] = shape
    return name
