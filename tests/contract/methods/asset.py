"""Cases of assets."""

from __future__ import annotations

from tests.contract.methods import case

_ASYNCHRONOUSLY = (
    "Mutation.appendManyAssetsAsynchronously or Mutation.appendManyFramesToDatasetAsynchronously"
)

_ASSETS = """
found = list(kili.assets(project_id))
assert [each["externalId"] for each in found] == list(asset)
pond = list(kili.assets(project_id, asset["pond"], fields=["status", "jsonMetadata"]))
metadata = {"place": "country", "numberOfObjects": 4}
assert pond == [{"status": "TO_REVIEW", "jsonMetadata": metadata}]
fields = ["statusCompute", "projectIdCompute", "latestLabelCompute.id"]
(older,) = kili.assets(project_id, asset["pond"], fields=fields)
assert older == {
    "statusCompute": "TO_REVIEW",
    "projectIdCompute": project_id,
    "latestLabelCompute": {"id": label["pond DEFAULT"]},
}
"""
_BY_REVIEWER = """

def selected(**filters):
    found = kili.assets(project_id, fields=["externalId"], **filters)
    return [each["externalId"] for each in found]


assert selected(label_reviewer_in=[user["reviewer"], user["labeler"]]) == ["street"]
assert selected(label_reviewer_in=[user["labeler"]]) == []
"""
_BY_LABELER = """
assert selected(label_reviewer_not_in=[user["labeler"]]) == ["street"]
assert selected(label_reviewer_not_in=[user["reviewer"]]) == []
assert selected(label_labeler_in=[user["labeler"]]) == ["street", "pond", "farm"]
assert selected(label_labeler_in=[user["reviewer"]]) == []
assert selected(label_labeler_not_in=[user["reviewer"]]) == ["street", "pond", "farm"]
assert selected(label_labeler_not_in=[user["labeler"]]) == []
"""

CASES = [
    *(
        case("assets", sends="Query.assets", code=_ASSETS + filtered, since=since, until=until)
        for filtered, since, until in (
            ("", None, "2.125.2"),
            (_BY_REVIEWER, "2.140.3", "2.150.1"),
            (_BY_REVIEWER + _BY_LABELER, "2.165.0", None),
        )
    ),
    case(
        "count_assets",
        sends="Query.countAssets",
        code="""
            assert kili.count_assets(project_id) == 6
            assert kili.count_assets(project_id, status_in=["TODO"]) == 3
        """,
    ),
    case(
        "append_many_to_dataset",
        sends="Mutation.appendManyToDataset",
        code="""
            kili.append_many_to_dataset(
                project_id,
                content_array=["https://example.com/p.png"],
                external_id_array=["new"],
                json_metadata_array=[{"place": "here"}],
            )
            (new,) = kili.assets(project_id, external_id_contains=["new"])
            assert (new["status"], new["jsonMetadata"]) == ("TODO", {"place": "here"})
            assert new["content"] == "https://example.com/p.png"
        """,
        until="2.140.3",
    ),
    case(
        "append_many_to_dataset",
        sends="Mutation.appendManyAssets",
        code="""
            other = kili.create_project(title="Texts", input_type="TEXT", json_interface={})["id"]
            made = kili.append_many_to_dataset(
                other,
                content_array=["Once upon a time"],
                external_id_array=["new"],
                json_metadata_array=[{"place": "here"}],
            )
            assert made["id"] == other
            (id_,) = made["asset_ids"]
            fields = ["externalId", "status", "jsonMetadata"]
            assert list(kili.assets(other, id_, fields=fields)) == [
                {"externalId": "new", "status": "TODO", "jsonMetadata": {"place": "here"}}
            ]
        """,
        since="2.150.1",
    ),
    case(
        "delete_many_from_dataset",
        sends="Mutation.deleteAssets or Mutation.deleteManyFromDataset",
        code="""
            kili.delete_many_from_dataset([asset["pond"], asset["farm"]])
            left = {each["id"] for each in kili.assets(project_id, fields=["id"])}
            assert left == {id_ for name, id_ in asset.items() if name not in ("pond", "farm")}
        """,
    ),
    case(
        "update_properties_in_assets",
        sends="Mutation.updatePropertiesInAssets",
        code="""
            kili.update_properties_in_assets(
                [asset["farm"], asset["pond"]],
                priorities=[7, 0],
                json_metadatas=[{"place": "hill"}, {"place": "lake"}],
            )
            fields = ["externalId", "priority", "jsonMetadata"]
            found = {each["externalId"]: each for each in kili.assets(project_id, fields=fields)}
            assert found["farm"]["priority"] == 7
            assert found["farm"]["jsonMetadata"] == {"place": "hill"}
            assert found["pond"]["priority"] == 0
            assert found["pond"]["jsonMetadata"] == {"place": "lake"}
        """,
    ),
    case(
        "change_asset_external_ids",
        sends="Mutation.updatePropertiesInAssets",
        code="""
            changed = kili.change_asset_external_ids(["lake"], [asset["pond"]])
            assert changed == [{"id": asset["pond"]}]
            (found,) = kili.assets(project_id, asset["pond"], fields=["externalId"])
            assert found["externalId"] == "lake"
        """,
    ),
    case(
        "add_metadata",
        sends="Mutation.updatePropertiesInAssets",
        code="""
            kili.add_metadata([{"light": 3}], project_id, [asset["pond"]])
            (found,) = kili.assets(project_id, asset["pond"], fields=["jsonMetadata"])
            assert found["jsonMetadata"] == {"place": "country", "numberOfObjects": 4, "light": 3}
        """,
    ),
    case(
        "set_metadata",
        sends="Mutation.updatePropertiesInAssets",
        code="""
            kili.set_metadata([{"light": 3}], project_id, [asset["pond"]])
            (found,) = kili.assets(project_id, asset["pond"], fields=["jsonMetadata"])
            assert found["jsonMetadata"] == {"light": 3}
        """,
    ),
    case(
        "set_assets_priority",
        sends="Mutation.setAssetsPriority",
        code="""
            done = kili.set_assets_priority(4, [asset["meadow"], asset["farm"]])
            assert [each["assetId"] for each in done["succeeded"]] == [asset["meadow"]]
            assert [each["assetId"] for each in done["declined"]] == [asset["farm"]]
            found = kili.assets(project_id, fields=["externalId", "priority"])
            assert [each["externalId"] for each in found if each["priority"] == 4] == ["meadow"]
        """,
    ),
    # ------------------------------------------------------------------ the domain client
    case(
        "assets.list",
        sends="Query.assets",
        code="""
            found = kili.assets.list(project_id, fields=["id", "externalId"])
            assert {each["externalId"]: each["id"] for each in found} == asset
            reviewed = {"label_reviewer_in": [user["reviewer"]]}
            found = kili.assets.list(project_id, fields=["externalId"], filter=reviewed)
            assert found == [{"externalId": "street"}]
            labeled = {"label_labeler_in": [user["labeler"]]}
            found = kili.assets.list(project_id, fields=["externalId"], filter=labeled)
            assert [each["externalId"] for each in found] == ["street", "pond", "farm"]
        """,
    ),
    case(
        "assets.list_as_generator",
        sends="Query.assets",
        code="""
            found = kili.assets.list_as_generator(project_id, fields=["id"])
            assert sorted(each["id"] for each in found) == sorted(asset.values())
        """,
    ),
    case(
        "assets.count",
        sends="Query.countAssets",
        code="""
            assert kili.assets.count(project_id) == 6
            chosen = {"external_id_in": ["pond", "farm", "nowhere"]}
            assert kili.assets.count(project_id, filter=chosen) == 2
        """,
    ),
    case(
        "assets.create_image",
        sends="Mutation.appendManyAssets",
        code="""
            made = kili.assets.create_image(
                project_id=project_id, content="https://example.com/p.png", external_id="new"
            )
            (id_,) = made["asset_ids"]
            (new,) = kili.assets.list(
                project_id, fields=["id", "status"], filter={"external_id_in": ["new"]}
            )
            assert new == {"id": id_, "status": "TODO"}
        """,
    ),
    case(
        "assets.create_text",
        sends=("Mutation.appendManyAssets", "Query.createUploadBucketSignedUrls"),
        code="""
            text = kili.projects.create("Texts", input_type="TEXT", json_interface={"jobs": {}})
            made = kili.assets.create_text(
                project_id=text["id"], content="Once upon a time", external_id="tale"
            )
            (new,) = kili.assets.list(text["id"], fields=["id", "externalId", "content"])
            assert (new["id"], new["externalId"]) == (made["asset_ids"][0], "tale")
        """,
    ),
    case(
        "assets.create_rich_text",
        sends=("Mutation.appendManyAssets", "Query.createUploadBucketSignedUrls"),
        code="""
            text = kili.projects.create("Texts", input_type="TEXT", json_interface={"jobs": {}})
            rich = [{"children": [{"id": "1", "text": "Once upon a time"}]}]
            made = kili.assets.create_rich_text(
                project_id=text["id"], json_content=rich, external_id="tale"
            )
            (new,) = kili.assets.list(text["id"], fields=["id", "jsonContent"])
            assert new["id"] == made["asset_ids"][0]
            assert new["jsonContent"]
        """,
    ),
    case(
        "assets.delete",
        sends="Mutation.deleteAssets or Mutation.deleteManyFromDataset",
        code="""
            kili.assets.delete(asset_ids=[asset["pond"], asset["farm"]])
            left = {each["externalId"] for each in kili.assets.list(project_id)}
            assert left == asset.keys() - {"pond", "farm"}
        """,
    ),
    case(
        "assets.add_metadata",
        sends="Mutation.updatePropertiesInAssets",
        code="""
            kili.assets.add_metadata(
                json_metadata={"light": 3}, project_id=project_id, asset_id=asset["pond"]
            )
            (found,) = kili.assets.list(
                project_id, fields=["jsonMetadata"], filter={"external_id_in": ["pond"]}
            )
            assert found["jsonMetadata"] == {"place": "country", "numberOfObjects": 4, "light": 3}
        """,
    ),
    case(
        "assets.set_metadata",
        sends="Mutation.updatePropertiesInAssets",
        code="""
            kili.assets.set_metadata(
                json_metadata={"light": 3}, project_id=project_id, asset_id=asset["pond"]
            )
            (found,) = kili.assets.list(
                project_id, fields=["jsonMetadata"], filter={"external_id_in": ["pond"]}
            )
            assert found["jsonMetadata"] == {"light": 3}
        """,
    ),
    case(
        "assets.set_priority",
        sends="Mutation.setAssetsPriority",
        code="""
            kili.assets.set_priority(priority=4, asset_id=asset["meadow"], project_id=project_id)
            found = kili.assets.list(project_id, fields=["externalId", "priority"])
            assert [each["externalId"] for each in found if each["priority"] == 4] == ["meadow"]
        """,
    ),
    case(
        "assets.update_priority",
        sends="Mutation.updatePropertiesInAssets",
        code="""
            kili.assets.update_priority(asset_ids=[asset["farm"], asset["pond"]], priorities=[4, 5])
            found = kili.assets.list(project_id, fields=["externalId", "priority"])
            priorities = {each["externalId"]: each["priority"] for each in found}
            assert (priorities["farm"], priorities["pond"]) == (4, 5)
        """,
    ),
    case(
        "assets.update_external_id",
        sends="Mutation.updatePropertiesInAssets",
        code="""
            kili.assets.update_external_id(new_external_id="lake", asset_id=asset["pond"])
            (found,) = kili.assets.list(
                project_id, fields=["id"], filter={"external_id_in": ["lake"]}
            )
            assert found["id"] == asset["pond"]
        """,
    ),
    *(
        case(
            f"assets.{method}",
            sends="Mutation.appendManyAssets",
            code=f"""
                given = '{{title: "Other", inputType: {kind}}}'  # 26.1 cannot create each type
                create = "mutation {{ data: createProject(data: " + given + ") {{ id }} }}"
                made = graphql(create)["data"]
                kili.assets.{method}(
                    project_id=made["id"],
                    content_array=["https://example.com/{name}"],
                    external_id_array=["new"],
                    json_metadata_array=[{{"place": "here"}}],
                )
                fields = ["externalId", "content", "status", "jsonMetadata"]
                (found,) = kili.assets.list(made["id"], fields=fields)
                assert found == {{
                    "externalId": "new",
                    "content": "https://example.com/{name}",
                    "status": "TODO",
                    "jsonMetadata": {{"place": "here"}},
                }}
            """,
        )
        for method, kind, name in (
            ("create_pdf", "PDF", "paper.pdf"),
            ("create_audio", "AUDIO", "talk.mp3"),
        )
    ),
    case(
        "assets.create_video_native",
        sends="Mutation.appendManyFramesToDatasetAsynchronously"
        " or Mutation.appendManyAssetsAsynchronously or Mutation.appendManyAssets",
        code="""
            made = kili.projects.create("Films", input_type="VIDEO", json_interface={})
            kili.assets.create_video_native(
                project_id=made["id"],
                content="https://example.com/film.mp4",
                external_id="new",
                processing_parameters={"frames_played_per_second": 25},
            )
            (found,) = kili.assets.list(made["id"], fields=["externalId", "jsonMetadata"])
            assert found["externalId"] == "new"
            parameters = found["jsonMetadata"]["processingParameters"]
            assert parameters["framesPlayedPerSecond"] == 25
        """,
    ),
    case(
        "assets.update_processing_parameter",
        sends="Mutation.updatePropertiesInAssets",
        code="""
            made = kili.projects.create("Films", input_type="VIDEO", json_interface={})
            kili.assets.create_video_native(
                project_id=made["id"], content="https://example.com/film.mp4", external_id="new"
            )
            (new,) = kili.assets.list(made["id"], fields=["id"])
            kili.assets.update_processing_parameter(
                asset_id=new["id"], processing_parameter={"framesPlayedPerSecond": 30}
            )
            (found,) = kili.assets.list(made["id"], fields=["jsonMetadata"])
            parameters = found["jsonMetadata"]["processingParameters"]
            assert parameters["framesPlayedPerSecond"] == 30
        """,
    ),
    case(
        "assets.create_video_frame",
        sends="Mutation.appendManyAssets",
        code="""
            films = kili.projects.create("Films", input_type="VIDEO", json_interface={"jobs": {}})
            frames = ["https://example.com/0.png", "https://example.com/1.png"]
            kili.assets.create_video_frame(
                project_id=films["id"],
                json_content=frames,
                processing_parameters={"frames_played_per_second": 25},
            )
            fields = ["content", "jsonContent", "jsonMetadata"]
            (new,) = kili.assets.list(films["id"], fields=fields)
            assert new["content"] == ""
            assert fetched(new["jsonContent"]).json() == {"0": frames[0], "1": frames[1]}
            assert new["jsonMetadata"]["processingParameters"]["framesPlayedPerSecond"] == 25
        """,
    ),
    case(
        "assets.create_geospatial",
        sends=(_ASYNCHRONOUSLY, "Query.notifications"),
        code="""
            lands = kili.projects.create(
                "Lands", input_type="GEOSPATIAL", json_interface={"jobs": {}}
            )
            (folder / "a.tif").write_bytes(b"II*" + bytes(9))
            tiles = "https://example.com/{z}/{x}/{y}.png"
            local, web = {"path": str(folder / "a.tif"), "name": "ground"}, {"path": tiles}
            kili.assets.create_geospatial(
                project_id=lands["id"],
                layer_arrays=[[local, web], [web]],
                external_id_array=["both", "only"],
            )
            found = kili.assets.list(lands["id"], fields=["content", "jsonContent", "externalId"])
            assert [each["content"] for each in found] == ["", ""]
            layers = {each["externalId"]: fetched(each["jsonContent"]).json() for each in found}
            both, only = layers["both"], layers["only"]
            assert [each.get("tileLayerUrl") for each in both] == [None, tiles]
            assert both[0]["name"] == "ground"
            assert fetched(both[0]["imageUrl"]).content == b"II*" + bytes(9)
            assert only == both[1:]
        """,
    ),
    case(
        "assets.create_layered_image",
        sends=(_ASYNCHRONOUSLY, "Query.notifications"),
        code="""
            (folder / "a.tif").write_bytes(b"II*" + bytes(9))
            layers = [{"path": str(folder / "a.tif"), "name": each} for each in ("one", "two")]
            kili.assets.create_layered_image(
                project_id=project_id, layers=layers, external_id="layered"
            )
            (new,) = kili.assets.list(
                project_id, fields=["jsonContent"], filter={"external_id_in": ["layered"]}
            )
            described = fetched(new["jsonContent"]).json()
            assert [each["name"] for each in described] == ["one", "two"]
        """,
    ),
]
